"""Fixed sentences that are written where nobody knows of languages, and that a page shows: they are translated too.

A page looks each one up by its English (`marking.sentence`); what is composed there, with a name or a word of the
question in it, stays English and is marked so. Only the catalogues' own care needs this list.
"""

from assistant.scope import scope
from ui.access import admission, bodies, sign_in
from ui.identity import identification
from ui.languages.words import Text
from ui.wire import refusals

SENTENCES = tuple(
    Text(sentence)
    for sentence in (
        scope.NOTHING_CHOSEN,
        bodies.TOO_LARGE,
        admission.TOO_MANY,
        admission.TOO_BUSY,
        admission.FOREIGN,
        admission.NOT_THIS_NAME,
        identification.WRONG_KEY,
        identification.NOT_FOR_OTHERS,
        identification.EXPIRED,
        refusals.NOT_HERE,
        refusals.SIGN_IN_FIRST,
        sign_in.NOT_REACHED,
        sign_in.NOT_BELIEVED,
        sign_in.TOO_MANY_GROUPS,
        sign_in.CROSS_SITE,
    )
)
