"""From derived equations to numbers: code, checks, training; never imports the exposition wing."""
