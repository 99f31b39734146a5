"""Run an export: write the briefings of a query as notes, topic notes, a brief, a single file or a data file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, cast

from briefreader import __version__, paths
from briefreader.errors import BriefreaderError, UsageError
from briefreader.exporting import data, digests
from briefreader.exporting.export_record import Record
from briefreader.exporting.folder import ExportStopped, Folder, content_hash
from briefreader.exporting.names import NameTemplate
from briefreader.exporting.notes import Material, Style, note_of
from briefreader.exporting.profiles import profile_of
from briefreader.exporting.rendering import TEMPLATES, NoteTemplate
from briefreader.exporting.vault import Exported, Vault
from briefreader.library.progress import Progress
from briefreader.query import parse, parsed, quote
from briefreader.storage import briefings, exports, list_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from briefreader.exporting.merge import Note
    from briefreader.library.current_taxonomy import CurrentTaxonomy
    from briefreader.library.export_options import ExportOptions
    from briefreader.library.news import ReadingBrief
    from briefreader.library.progress import CancelCheck, Report
    from briefreader.query import Query
    from briefreader.storage.database import Database

SLICE = 100
"""Number of notes after which the export record is saved; only these are compared again after a crash."""
FORMATS = ("markdown", *data.ENDINGS)
STREAM = "-"
NO_BUDGET = 1_000_000  # a number of words that no brief reaches


@dataclass(frozen=True, slots=True)
class Request:
    """Which briefings to export, to which folder, and how; see ``Library.export``."""

    to: Path | None
    query: Query | str
    ids: tuple[str, ...]
    options: ExportOptions


class ExportRun:
    """An export. Its constructor checks the request and the template, and writes nothing.

    Raises:
        UsageError: an option or the template is invalid.
    """

    def __init__(
        self,
        db: Database,
        taxonomy: CurrentTaxonomy,
        keys: Callable[[Query], list[int]],
        request: Request,
        progress: Report | None,
        cancelled: CancelCheck,
        brief: Callable[..., ReadingBrief],
    ) -> None:
        self._brief_of = brief
        self._db = db
        self._taxonomy = taxonomy
        self._keys_of = keys
        self._request = request
        options = request.options
        self._progress = progress
        self._cancelled = cancelled
        if options.format not in FORMATS:
            raise UsageError(f"unknown export format: {options.format!r}", hint=f"one of {', '.join(FORMATS)}")
        if options.group_by not in {None, "topic"}:
            raise UsageError(f"notes cannot be grouped by {options.group_by!r}", hint="use --group-by topic")
        if request.to is None and not options.single:
            raise UsageError("no export folder given", hint="use --to DIR or --single FILE")
        self._folder, self._file = self._place()
        self._since = digests.since_date(options.since, datetime.now(UTC).date()) if options.since else ""
        self._style = Style(
            profile_of(options.profile),
            NoteTemplate.load(options.template) if options.template else None,
            {topic.id: topic.label for topic in taxonomy.load().topics},
            options.wikilinks,
            options.full_text,
            options.all_insights,
            options.top,
            NameTemplate(options.name) if options.name else None,
            self._folder.length if self._folder else 0,
        )

    def _place(self) -> tuple[Folder | None, str]:
        """Return the folder (None for a stream without a folder), and the path of the single file in it."""
        single, to = self._request.options.single or "", self._request.to
        if single == STREAM:
            return (Folder(paths.from_user(to)) if to else None), STREAM
        if to is not None:
            return Folder(paths.from_user(to)), single
        path = paths.from_user(single)
        return Folder(path.parent), path.name

    def run(self) -> Iterator[Exported]:
        """Run the export; see ``Library.export``."""
        if self._request.options.brief:
            return self._brief()
        keys = self._keys()
        if self._request.options.format != "markdown":
            return self._data(keys)
        if self._file == STREAM:
            return self._stream(keys)
        return self._notes(keys)

    def _asked(self) -> Query:
        """Return the query with the start date of ``since`` as a filter."""
        asked = parsed(self._request.query)
        since = parse(f"after:{self._since}").filters if self._since else ()
        return replace(asked, filters=(*since, *asked.filters))

    def _brief(self) -> Iterator[Exported]:
        """Write one note, the brief of the briefings that match, if there is news."""
        from briefreader.exporting.brief import brief_markdown, brief_note
        from briefreader.stories.brief import WORDS_PER_MINUTE

        found = self._brief_of(self._asked(), words=self._request.options.brief * WORDS_PER_MINUTE)
        if not found.brief.chosen:
            return
        days = [found.rows[chosen.candidate.key].published[:10] for chosen in found.brief.chosen]
        title = f"Brief {max(days)}".strip()
        if self._file == STREAM:
            yield Exported("brief", STREAM, "written", text=brief_markdown(title, found.groups, found.left_out) + "\n")
            return
        note = brief_note(f"brief:{max(days)}", title, found.groups, found.left_out, self._style)
        yield from self._into_folder(lambda vault: iter([vault.put(note, self._file or "")]), 0)

    def _keys(self) -> list[int]:
        """Return the row keys of the requested briefings: in the order of the IDs, else of the query."""
        if not self._request.ids:
            return self._keys_of(self._asked())
        with self._db.reading() as con:
            return [briefings.resolve(con, name)[0] for name in self._request.ids]

    def _materials(self, keys: Sequence[int], *, body: bool = False) -> Iterator[Material]:
        """Yield the data of each note, loaded in slices, until cancelled."""
        rest = iter(keys)
        done = 0
        while slice_ := list(islice(rest, SLICE)):
            with self._db.reading() as con:
                known = self._taxonomy.ids()
                rows = {row.id: row for row in list_rows.rows(con, slice_, known)}
                briefings, topics = exports.contents(con, slice_, known, body=body)
                notes = exports.notes(con, slice_)
            for briefing in briefings:
                if self._cancelled():
                    return
                row, own = rows[briefing.id], notes.get(briefing.id, {})
                yield Material(
                    briefing,
                    row.topics,
                    {insight.number: topics[f"{briefing.id}.{insight.number}"] for insight in briefing.insights},
                    own.get(0, ""),
                    own,
                    row.added,
                    row.shares,
                )
                done += 1
                if self._progress:
                    self._progress(Progress(done, len(keys), briefing.title))

    def _notes(self, keys: Sequence[int]) -> Iterator[Exported]:
        """Write notes into the folder."""
        yield from self._into_folder(lambda vault: self._results(keys, vault), len(keys))

    def _into_folder(self, results: Callable[[Vault], Iterator[Exported]], count: int) -> Iterator[Exported]:
        """Yield the results of writing notes, and save the export record after each slice.

        ``count`` is the number of results after which the export is complete and the Obsidian base is written.
        """
        assert self._folder is not None
        folder_name = folder_key(self._folder)
        with self._db.reading() as con:
            known, undone = exports.records(con, folder_name), exports.undone(con, "pull")
        vault = Vault(
            self._folder,
            self._style.profile,
            known,
            undone=undone,
            dry_run=self._request.options.dry_run,
            diff=self._request.options.diff,
            rename=self._request.options.rename,
        )
        done = 0
        try:
            for result in results(vault):
                yield result
                done += 1
                if len(vault.fresh_records) >= SLICE:
                    self._save_fresh(vault, folder_name)
        finally:
            self._save_fresh(vault, folder_name)
        if done and done == count and (base := self._base_file(folder_name, known)):
            yield base

    def _results(self, keys: Sequence[int], vault: Vault) -> Iterator[Exported]:
        """Write the notes, or the single file, and yield their results."""
        if self._file:
            if note := self._combined_note(keys, vault.path_of):
                yield vault.put(note, self._file)
        elif self._request.options.group_by:
            entries = self._best(digests.by_topic(self._materials(keys), self._style, vault.path_of))
            for topic in self._topics(entries):
                yield vault.put(digests.topic_note(topic, entries[topic.id], self._style))
        else:
            style = self._style.fingerprint
            for material in self._materials(keys, body=self._request.options.full_text):
                made_of = content_hash(f"{__version__} {style} {material}".encode("utf-8", "surrogatepass"))
                same = vault.same(material.briefing.id, made_of)
                yield same or vault.put(note_of(material, self._style), made_of=made_of)

    def _base_file(self, folder_name: str, known: Mapping[str, str]) -> Exported | None:
        """Write the Obsidian base that lists all notes, unless the user changed or deleted it.

        Returns None if the base isn't written: it exists unchanged, or this export is one of a single file, of topics,
        or with a profile without a base.
        """
        assert self._folder is not None
        path = self._style.profile.base
        if self._file or self._request.options.group_by or not path:
            return None
        data = (TEMPLATES / path).read_bytes()
        record = Record.load(known.get(f"base:{path}", ""))
        old = self._folder.read(path)
        if old == data or (record.file != content_hash(old or b"") if record else old is not None):
            return None
        if not self._request.options.dry_run:
            self._folder.write(path, data, old=old)
            self._save(folder_name, {f"base:{path}": Record(path, file=content_hash(data)).dump()})
        return Exported("", path, "written")

    def _save_fresh(self, vault: Vault, folder_name: str) -> None:
        """Save the records of the notes written since the last call, after flushing the folder."""
        if vault.fresh_records:
            assert self._folder is not None
            self._folder.flush()
            self._save(folder_name, vault.fresh_records)
            vault.fresh_records.clear()

    def _save(self, folder_name: str, records: Mapping[str, str]) -> None:
        """Save the records of notes; a read-only library saves none, and exports rely on the markers in the notes."""
        if not self._db.readonly:
            with self._db.writing() as con:
                exports.save(con, folder_name, records.items())

    def _combined_note(self, keys: Sequence[int], path_of: Callable[[str], str]) -> Note | None:
        """Return one note with all briefings or topics; None if there are none."""
        title = f"Briefings since {self._since}" if self._since else "Briefings"
        if self._request.options.group_by:
            entries = self._best(digests.by_topic(self._materials(keys), self._style, path_of))
            sections = digests.topic_sections(self._topics(entries), entries, self._style)
        else:
            sections = [
                digests.briefing_section(material, self._style, path_of(material.briefing.id))
                for material in self._materials(keys, body=self._style.full_text)
            ]
        return digests.digest_note(title, sections, self._style) if sections else None

    def _best(self, entries: dict[str, list[digests.Entry]]) -> dict[str, list[digests.Entry]]:
        """Sort each topic's entries so that those that a brief would choose come first."""
        if self._style.all_insights or self._request.ids:
            return entries
        for topic, found in entries.items():
            if len(found) > self._style.top:
                asked = self._asked()
                narrowed = replace(asked, filters=(*asked.filters, *parse(f"topic:{quote(topic)}").filters))
                chosen = self._brief_of(narrowed, words=NO_BUDGET, most=self._style.top)
                order = {f"i-{chosen.rows[c.candidate.key].id}": n for n, c in enumerate(chosen.brief.chosen)}
                best = [replace(e, rank=order.get(e.block, len(order) + 1 + e.rank)) for e in found]
                entries[topic] = sorted(best, key=lambda e: e.rank)
        return entries

    def _topics(self, entries: dict[str, list[digests.Entry]]) -> list[digests.TopicPage]:
        """Return the topics that have entries, in the taxonomy's order."""
        return [
            digests.TopicPage(topic.id, topic.label, topic.description)
            for topic in self._taxonomy.load().topics
            if topic.id in entries
        ]

    def _stream(self, keys: Sequence[int]) -> Iterator[Exported]:
        """Yield one note with all briefings or topics as plain Markdown, without properties and markers."""
        self._style = replace(self._style, profile=profile_of("plain"))
        if note := self._combined_note(keys, lambda _: ""):
            yield Exported(note.id, STREAM, "written", text="\n\n".join(block.text for block in note.blocks) + "\n")

    def _data(self, keys: Sequence[int]) -> Iterator[Exported]:
        """Write the briefings as one file of data, or yield the text for a stream."""
        full = self._request.options.full_text
        format = cast("data.DataFormat", self._request.options.format)
        chunks = data.chunks(self._materials(keys, body=full), format, full_text=full)
        if self._file == STREAM:
            yield from (Exported("", STREAM, "written", text=chunk) for chunk in chunks)
        else:
            yield self._data_file(chunks, self._file or f"briefreader.{data.ENDINGS[format]}")

    def _data_file(self, chunks: Iterable[str], path: str) -> Exported:
        """Write a data file; replace an existing file only if an export wrote it and it hasn't changed since."""
        assert self._folder is not None
        id_, folder_name = f"data:{path}", folder_key(self._folder)
        with self._db.reading() as con:
            known = Record.load(exports.records(con, folder_name).get(id_, ""))
        try:
            old = self._folder.read(path)
            if old is not None and (known is None or known.file != content_hash(old)):
                return Exported(id_, path, "skipped", "the file was not written by briefreader, or was changed later")
            data = "".join(chunks).encode()
            if data == old:
                return Exported(id_, path, "unchanged")
            if not self._request.options.dry_run:
                self._folder.write(path, data, old=old)
                self._save(folder_name, {id_: Record(path, self._request.options.format, content_hash(data)).dump()})
        except ExportStopped:
            raise
        except BriefreaderError as error:
            return Exported(id_, path, "failed", error.message)
        return Exported(id_, path, "written")


def folder_key(folder: Folder) -> str:
    """Return the name under which the library records exports to a folder: its path, with invalid Unicode escaped."""
    return str(folder.root).encode("utf-8", "backslashreplace").decode()
