"""How good the answers are: a question file in, figures and the list of failures out.

`cases` reads the questions, `measuring` asks them and judges each answer, `facts` decides whether a fact stands in a
text, `report` makes and compares figures, `tables` prints them.
"""
