"""Text + taxonomy (+ decisions) → scored topics with reasons.

Scoring and learning need numpy alone; fitting to a library and discovery import scikit-learn when they are called.
"""

from briefreader.tagging.explanations import Explanation
from briefreader.tagging.learner import Labelled
from briefreader.tagging.tagger import Tagger, Tagging

__all__ = ["Explanation", "Labelled", "Tagger", "Tagging"]
