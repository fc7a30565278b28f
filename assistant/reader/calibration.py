"""From what the network makes of a sentence to the probability that it belongs to the answer.

A logistic regression over the network's log-odds of the sentence and of its passage, how the search found the passage,
whether the sentence's dates can be those asked about, and how many of the parties asked about it names, with its
document's title (Platt, 1999); fitted by `training/reader/calibrate.py` on clusters that the network was never trained
on, and scaled to the shipped questions as well; the thresholds by which an answer is made are chosen on both.
"""

import numpy as np
import numpy.typing as npt

FEATURES = ("sentence", "passage", "found", "date_conflicts", "parties")
WEIGHTS = np.asarray((0.324, 0.254, 1.803, -0.711, 1.052))
INTERCEPT = -3.231
# Log-odds beyond these tell no more.
FURTHEST = 12.0

# The probability from which on the best sentence is told, and from which on another is added. A further sentence must
# also come this near to the best one: beside a sure answer, what may or may not belong to it is in the way.
TELL = 0.10
# Of a document that the question names by its number there is less doubt that it is about what is asked.
TELL_OF_NAMED = 0.03
ADD = 0.15
NEAR = 0.40


def probabilities(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The probability of each sentence; `features` has shape (sentences, len(FEATURES))."""
    odds = np.clip(features, -FURTHEST, FURTHEST) @ WEIGHTS + INTERCEPT
    return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)
