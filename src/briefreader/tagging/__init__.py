"""Score texts for the topics of a taxonomy, explain scores, learn from decisions.

Only fitting imports scikit-learn, and only when it is called; everything else needs NumPy only.
"""

from briefreader.model import Labelled
from briefreader.tagging.explanations import Explanation
from briefreader.tagging.tagger import Tagger, Tagging

__all__ = ["Explanation", "Labelled", "Tagger", "Tagging"]
