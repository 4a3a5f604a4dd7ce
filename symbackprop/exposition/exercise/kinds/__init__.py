"""The kinds of exercises, one file each: what is asked, and what answers it."""
