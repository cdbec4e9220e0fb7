"""What a text says, before anything is compared: its words and marks, numbers, dates, names, speakers, clauses.

Nothing here knows of a claim and its evidence; what is read of a passage is worked out once and kept with it.
"""
