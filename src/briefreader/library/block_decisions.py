"""Store the user's decision to cut or keep a publisher's block, and re-parse the briefing that shows it.

Used by the app's source view. The decision and the briefing's new text are one batch. New issues of the publisher are
parsed with the decision; ``reread`` applies it to existing ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefreader.display import one_line
from briefreader.errors import UsageError
from briefreader.library.deduplication import NewBriefing, new_briefing
from briefreader.library.publisher_memory import cleaner
from briefreader.model import Problem
from briefreader.storage import block_decisions, briefings, content_updates
from briefreader.storage.publisher_memory import publisher_of

if TYPE_CHECKING:
    from briefreader.library.batches import Batches
    from briefreader.model import Batch
    from briefreader.storage.database import Database

MAX_SUMMARY_CHARACTERS = 60


def decide(db: Database, batches: Batches, id: str, text: str, *, cut: bool) -> Batch:
    """Store the decision on the block with this text, and re-parse the briefing ``id``.

    Raises:
        UsageError: the block is too short to be recognised, or the publisher is unknown.
    """
    from briefreader.markdown import blocks, strip
    from briefreader.reading import read_original
    from briefreader.reading.masked_blocks import MIN_WORDS, masked

    first = next(iter(blocks(text)), None)
    words = " ".join(strip(text[first.text : first.end]).text.split()) if first else ""
    block = masked(words)[0]
    if block is None:
        raise UsageError(f"only blocks of at least {MIN_WORDS} words can be cut or kept")
    with db.reading() as con:
        key, _ = briefings.resolve(con, id)
        publisher = publisher_of(con, key)
        kept = briefings.original(con, key)
        decided = {**block_decisions.of(con, publisher), block: cut}
    if not publisher:
        raise UsageError("the publisher of this briefing is unknown")
    found = next(iter(read_original(kept, cleaner=cleaner(db, (key,), decided))), None)
    read = new_briefing(found or Problem(kept.path, "the original contains no briefing"))
    with batches.step("cut" if cut else "keep") as step:
        block_decisions.put(step.con, step.number, publisher, block, cut, words)
        if isinstance(read, NewBriefing):
            content_updates.replace(step.con, step.number, key, read.briefing, read.fingerprint)
        step.summary = one_line(words, MAX_SUMMARY_CHARACTERS)
    return step.batch
