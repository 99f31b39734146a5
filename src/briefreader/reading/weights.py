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
    -0.0576,
    (
        0.1161,  # centroid
        0.0312,  # frequent
        0.0026,  # top
        -0.0046,  # repeated
        0.0471,  # lead
        -0.0351,  # first3
        0.0199,  # first20
        0.0103,  # first_tenth
        0.0161,  # early
        0.0041,  # late
        0.0021,  # opens_block
        0.0016,  # alone
        0.0026,  # after_heading
        0.0111,  # item
        0.0268,  # words
        0.0340,  # sqrt_words
        0.0230,  # length
        -0.0026,  # short
        -0.0012,  # claim
        -0.0040,  # stance
        0.0007,  # crux
        -0.0010,  # superlative
        -0.0014,  # comparison
        -0.0055,  # future
        -0.0013,  # proposal
        -0.0034,  # question
        0.0007,  # anaphora
        0.0030,  # name
        0.0027,  # number
        -0.0020,  # label
        0.0013,  # colon
        0.0113,  # emphasis
        -0.0016,  # paren
        0.0009,  # code
    ),
    0.3,
    130,
)

DOCUMENT = Profile(
    "DOCUMENT",
    -0.0410,
    (
        0.1474,  # centroid
        0.0107,  # frequent
        0.0058,  # top
        -0.0175,  # repeated
        0.0331,  # lead
        -0.0064,  # first3
        0.0073,  # first20
        -0.0045,  # first_tenth
        0.0067,  # early
        0.0015,  # late
        0.0028,  # opens_block
        0.0016,  # alone
        0.0087,  # after_heading
        -0.0017,  # item
        0.0456,  # words
        0.0646,  # sqrt_words
        0.0562,  # length
        -0.0029,  # short
        -0.0032,  # claim
        -0.0012,  # stance
        0.0036,  # crux
        0.0000,  # superlative
        -0.0026,  # comparison
        0.0032,  # future
        0.0074,  # proposal
        -0.0036,  # question
        0.0018,  # anaphora
        0.0053,  # name
        -0.0090,  # number
        0.0003,  # label
        -0.0056,  # colon
        0.0060,  # emphasis
        -0.0054,  # paren
        0.0067,  # code
    ),
    0.6,
    130,
)

ESSAY = Profile(
    "ESSAY",
    -0.0470,
    (
        0.0767,  # centroid
        0.0159,  # frequent
        0.0337,  # top
        0.0092,  # repeated
        0.0210,  # lead
        -0.0514,  # first3
        -0.0030,  # first20
        -0.0029,  # first_tenth
        0.0352,  # early
        -0.0050,  # late
        0.0114,  # opens_block
        -0.0164,  # alone
        0.0000,  # after_heading
        0.0204,  # item
        0.0015,  # words
        0.0054,  # sqrt_words
        0.0494,  # length
        0.0014,  # short
        0.0058,  # claim
        0.0325,  # stance
        0.0210,  # crux
        0.0179,  # superlative
        0.0015,  # comparison
        0.0120,  # future
        0.0172,  # proposal
        0.0487,  # question
        -0.0179,  # anaphora
        -0.0069,  # name
        0.0020,  # number
        -0.0006,  # label
        0.0465,  # colon
        0.0574,  # emphasis
        0.0162,  # paren
        -0.0178,  # code
    ),
    0.0,
    240,
)
