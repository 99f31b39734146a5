"""The weights of extraction, a row a feature, as ``python -m benchmarks.reading fit`` prints them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How the sentences of one kind of text are valued and chosen.

    A sentence's value is ``bias`` + the weighted sum of its features: the share of a summary's words it would give
    (NEWS, DOCUMENT), or how likely its author would have set it in bold (ESSAY). Longer ones must be worth it by
    ``length`` (the exponent of their words); ``budget`` is the most words of all chosen.
    """

    name: str
    bias: float
    weights: tuple[float, ...]
    length: float
    budget: int


NEWS = Profile(
    "NEWS",
    -0.0616,
    (
        0.1137,  # centroid
        0.0318,  # frequent
        0.0031,  # top
        -0.0041,  # repeated
        0.0496,  # lead
        -0.0343,  # first3
        0.0208,  # first20
        0.0105,  # first_tenth
        0.0162,  # early
        0.0045,  # late
        0.0019,  # opens_block
        0.0011,  # alone
        0.0026,  # after_heading
        0.0142,  # item
        0.0268,  # words
        0.0346,  # sqrt_words
        0.0228,  # length
        -0.0029,  # short
        -0.0012,  # claim
        -0.0040,  # stance
        0.0006,  # crux
        -0.0009,  # superlative
        -0.0014,  # comparison
        -0.0053,  # future
        -0.0013,  # proposal
        -0.0038,  # question
        0.0007,  # anaphora
        0.0031,  # name
        0.0026,  # number
        -0.0018,  # label
        0.0012,  # colon
        0.0110,  # emphasis
        -0.0016,  # paren
        0.0011,  # code
    ),
    0.3,
    130,
)

DOCUMENT = Profile(
    "DOCUMENT",
    -0.0414,
    (
        0.1458,  # centroid
        0.0109,  # frequent
        0.0074,  # top
        -0.0177,  # repeated
        0.0337,  # lead
        -0.0065,  # first3
        0.0070,  # first20
        -0.0047,  # first_tenth
        0.0068,  # early
        0.0013,  # late
        0.0027,  # opens_block
        0.0020,  # alone
        0.0084,  # after_heading
        -0.0019,  # item
        0.0453,  # words
        0.0648,  # sqrt_words
        0.0563,  # length
        -0.0027,  # short
        -0.0032,  # claim
        -0.0013,  # stance
        0.0037,  # crux
        -0.0001,  # superlative
        -0.0024,  # comparison
        0.0031,  # future
        0.0075,  # proposal
        -0.0004,  # question
        0.0017,  # anaphora
        0.0049,  # name
        -0.0091,  # number
        0.0016,  # label
        -0.0057,  # colon
        0.0059,  # emphasis
        -0.0052,  # paren
        0.0071,  # code
    ),
    0.6,
    130,
)

ESSAY = Profile(
    "ESSAY",
    -0.0352,
    (
        0.1135,  # centroid
        0.0000,  # frequent
        0.0545,  # top
        0.0000,  # repeated
        0.0000,  # lead
        -0.0481,  # first3
        0.0000,  # first20
        0.0000,  # first_tenth
        0.0356,  # early
        0.0000,  # late
        0.0000,  # opens_block
        -0.0132,  # alone
        0.0000,  # after_heading
        0.0000,  # item
        0.0000,  # words
        0.0000,  # sqrt_words
        0.0529,  # length
        0.0000,  # short
        0.0000,  # claim
        0.0363,  # stance
        0.0215,  # crux
        0.0182,  # superlative
        0.0000,  # comparison
        0.0117,  # future
        0.0000,  # proposal
        0.0442,  # question
        -0.0199,  # anaphora
        0.0000,  # name
        0.0000,  # number
        0.0000,  # label
        0.0491,  # colon
        0.0676,  # emphasis
        0.0000,  # paren
        0.0000,  # code
    ),
    0.0,
    240,
)
