"""The story of any program, a chapter per module, in the order in which it is told.

    arrays -> computation -> rates -> reverse -> onepage -> descent -> evidence

No chapter knows a letter: what an array is called, which kind it is and who reads it, the program says.
"""
