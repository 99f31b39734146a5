"""Score texts for the topics of a taxonomy, with reasons, and learn from decisions.

Scoring and learning need only NumPy. Fitting a model and discovering topics import scikit-learn when called.
"""

from briefreader.model import Labelled
from briefreader.tagging.explanations import Explanation
from briefreader.tagging.tagger import Tagger, Tagging

__all__ = ["Explanation", "Labelled", "Tagger", "Tagging"]
