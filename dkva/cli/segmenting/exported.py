"""What is made of a cut for people and other programs, beside its document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dkva.base.written_exports import is_edited
from dkva.cli.segmenting.further_files import export_files, write_exports

if TYPE_CHECKING:
    from dkva.datasets import VideoFile

__all__ = ["Exported"]


@dataclass(frozen=True)
class Exported:
    """What is made of each video beside its document; see the options of `dkva segment`.

    Attributes:
        kinds: of files that other programs read, some of `dkva.cli.segmenting.further_files.EXPORTS`.
        html: whether a page; of features, too.
        chapters: whether a copy with chapters.
        clips: whether a file a segment.
        reencode: whether these are cut to the very frame.
    """

    kinds: tuple[str, ...] = ()
    html: bool = False
    chapters: bool = False
    clips: bool = False
    reencode: bool = False

    def beside(self, folder: Path, name: str) -> dict[Path, bool]:
        """Files that may stand beside a document, and whether this run writes them.

        Exports that somebody edited are left out, unless this run would write them.
        """
        from dkva.cli.segmenting.chaptered_copy import chaptered_copies
        from dkva.cli.segmenting.clip_files import clips_folder, clips_in

        texts = {folder / file: kind in self.kinds for kind, file in export_files(name).items()}
        texts = {path: now for path, now in texts.items() if now or not is_edited(path)}
        copies = dict.fromkeys(chaptered_copies(folder / name), self.chapters)
        # Those of another cut go, and are not in the way of new ones. Where there will be some, the table
        # stays: after a kill it tells the next run whose folder this is.
        clips = clips_in(clips_folder(folder, name))
        clips = clips[:-1] if self.clips else clips
        return texts | {folder / f"{name}.html": self.html} | copies | dict.fromkeys(clips, False)

    def edited(self, folder: Path, name: str) -> Path | None:
        """An export that this run would replace and somebody edited, if there is one."""
        files = export_files(name)
        return next((folder / files[kind] for kind in self.kinds if is_edited(folder / files[kind])), None)

    def foreign(self, folder: Path, name: str) -> Path | None:
        """What is in the place of the clips' folder and is none, if there are clips and it is."""
        from dkva.cli.segmenting.clip_files import clips_folder, is_foreign_folder

        place = clips_folder(folder, name)
        return place if self.clips and is_foreign_folder(place) else None

    def copies(self, folder: Path, video: VideoFile) -> list[Path]:
        """What is made of the recording itself: a copy with chapters, and where clips are cut."""
        from dkva.cli.segmenting.chaptered_copy import chaptered_copy
        from dkva.cli.segmenting.clip_files import unfinished_clips

        copies = [chaptered_copy(folder, video.name, video.path)] if self.chapters else []
        return copies + ([unfinished_clips(folder, video.name)] if self.clips else [])

    def write(self, folder: Path, doc: dict, video: VideoFile) -> list[str]:
        """Write what is asked for, and give what a user should know of it, one line each.

        Args:
            folder: of the results.
            doc: of the video, with times if there are exports or a page.
            video: which; a recording, if there are chapters or clips.

        Raises:
            OSError: a file that cannot be written.
            ValueError: a recording that cannot be copied or cut.
        """
        from dkva.cli.segmenting.page_file import links_to, write_page
        from dkva.cli.segmenting.recording import RecordingFile

        notes: list[str] = []
        links = links_to(video, (folder / doc["video"]).parent) if self.kinds else []
        write_exports(folder, doc, self.kinds, links)
        if self.html:
            write_page(folder, doc, video)
        if self.chapters:
            from dkva.cli.segmenting.chaptered_copy import write_copy

            notes += write_copy(folder, doc, video.path)
        if self.clips and isinstance(video, RecordingFile):
            from dkva.cli.segmenting.clip_files import write_clip_files

            notes += write_clip_files(folder, doc, video, reencode=self.reencode)
        return notes
