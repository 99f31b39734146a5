"""Score texts for the topics of a taxonomy, with reasons, and learn from decisions.

Only fitting a model needs scikit-learn, which is imported when it is called.
"""

from briefreader.model import Labelled
from briefreader.tagging.explanations import Explanation
from briefreader.tagging.tagger import Tagger, Tagging

__all__ = ["Explanation", "Labelled", "Tagger", "Tagging"]
