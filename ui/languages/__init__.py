"""The languages of the interface: which there are, what each text is in them, and which one a request is answered in.

`words` has the texts of the interface as values, `catalogues` their translations (a `.po` file for each language, which
translators edit), `speaking` the language of the moment, `layer` finds it out for each request, `places` writes dates
and numbers, `marking` tells screen readers what is in another language. Answers and quotes stay as documents have them.
"""
