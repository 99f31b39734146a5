"""Score texts for the topics of a taxonomy, with reasons, and learn from decisions.

scikit-learn is imported only when a model is fitted.
"""

from briefreader.model import Labelled
from briefreader.tagging.explanations import Explanation
from briefreader.tagging.tagger import Tagger, Tagging

__all__ = ["Explanation", "Labelled", "Tagger", "Tagging"]
