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
    -0.0577,
    (
        0.1160,  # centroid
        0.0313,  # frequent
        0.0026,  # top
        -0.0046,  # repeated
        0.0472,  # lead
        -0.0351,  # first3
        0.0199,  # first20
        0.0104,  # first_tenth
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
        -0.0041,  # question
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
    -0.0408,
    (
        0.1460,  # centroid
        0.0104,  # frequent
        0.0061,  # top
        -0.0174,  # repeated
        0.0334,  # lead
        -0.0065,  # first3
        0.0073,  # first20
        -0.0046,  # first_tenth
        0.0067,  # early
        0.0013,  # late
        0.0028,  # opens_block
        0.0018,  # alone
        0.0088,  # after_heading
        -0.0016,  # item
        0.0457,  # words
        0.0646,  # sqrt_words
        0.0563,  # length
        -0.0030,  # short
        -0.0032,  # claim
        -0.0013,  # stance
        0.0036,  # crux
        -0.0001,  # superlative
        -0.0025,  # comparison
        0.0032,  # future
        0.0075,  # proposal
        0.0001,  # question
        0.0017,  # anaphora
        0.0051,  # name
        -0.0090,  # number
        0.0012,  # label
        -0.0057,  # colon
        0.0060,  # emphasis
        -0.0054,  # paren
        0.0067,  # code
    ),
    0.6,
    130,
)

ESSAY = Profile(
    "ESSAY",
    -0.0341,
    (
        0.1048,  # centroid
        0.0000,  # frequent
        0.0480,  # top
        0.0000,  # repeated
        0.0000,  # lead
        -0.0474,  # first3
        0.0000,  # first20
        0.0000,  # first_tenth
        0.0350,  # early
        0.0000,  # late
        0.0000,  # opens_block
        -0.0143,  # alone
        0.0000,  # after_heading
        0.0000,  # item
        0.0000,  # words
        0.0000,  # sqrt_words
        0.0562,  # length
        0.0000,  # short
        0.0000,  # claim
        0.0362,  # stance
        0.0216,  # crux
        0.0180,  # superlative
        0.0000,  # comparison
        0.0117,  # future
        0.0000,  # proposal
        0.0453,  # question
        -0.0195,  # anaphora
        0.0000,  # name
        0.0000,  # number
        0.0000,  # label
        0.0446,  # colon
        0.0663,  # emphasis
        0.0000,  # paren
        0.0000,  # code
    ),
    0.0,
    240,
)
