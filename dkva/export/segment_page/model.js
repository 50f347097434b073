"use strict";

/*
 * The cut of one video: what a person may change of it, and the files it can be saved as. No DOM.
 *
 * An action has one number in all cuts, from coarse to fine, which is its look and has its name. A segment is
 * {start, end, label}: own frames, the last excluded, and the label of the document.
 */
const dkvaModel = (() => {
  const MICRO = 1e6;
  const MILLI = 1000;
  const MOST_UNDONE = 500;

  // What Python's str.split takes for a space, and what no XML holds.
  const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
  const NO_CHARACTER = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

  /** Index of the last item that is at most `value`, by `key`; 0 if there is none. */
  function lastUpTo(items, value, key) {
    let low = 0;
    let high = items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (key(items[middle]) <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function largest(numbers) {
    return numbers.reduce((most, number) => Math.max(most, number), 0);
  }

  /** To the nearest whole number, halves to the even one, as Python rounds. */
  function rounded(value) {
    const below = Math.floor(value);
    const part = value - below;
    if (part !== 0.5) return part < 0.5 ? below : below + 1;
    return below % 2 === 0 ? below : below + 1;
  }

  /** Seconds of own frames, from pieces of constant step. */
  class Times {
    constructor({ quantum, pieces, frames }) {
      this.quantum = quantum;
      this.pieces = pieces;
      this.frames = frames;
    }

    /** When a frame is first shown, as the document has it; of the number of frames: the end. */
    of(frame) {
      const [first, time, step] = this.pieces[lastUpTo(this.pieces, frame, (piece) => piece[0])];
      return (Math.round(time + step * (frame - first)) * this.quantum) / MICRO;
    }

    /** The frame that is shown at a time. */
    at(seconds) {
      let low = 0;
      let high = this.frames - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.of(middle) <= seconds) low = middle;
        else high = middle - 1;
      }
      return low;
    }

    /** A time at which players show a frame, whatever they make of its last digits. */
    within(frame) {
      const start = this.of(frame);
      return start + (this.of(frame + 1) - start) / 4;
    }

    get start() {
      return this.of(0);
    }

    get end() {
      return this.of(this.frames);
    }
  }

  class Model {
    /**
     * @param data what the page was made of
     * @param saved what `state` gave in an earlier visit, or null
     */
    constructor(data, saved = null) {
      this.data = data;
      this.doc = data.document;
      this.times = new Times(data.times);
      this.cuts = data.cuts.map((cut) => ({
        actions: cut.level === null ? this.doc.settings?.n_segments ?? cut.looks.length : cut.n_segments,
        original: cut.level === null ? this.doc.segments : this.doc.levels[cut.level].segments,
        looks: new Map(cut.looks),
      }));
      for (const cut of this.cuts) {
        cut.runs = cut.original.map(({ start, end, label }) => ({ start, end, label }));
        cut.first = cut.runs;
        cut.madeLooks = cut.looks;
      }
      this.main = data.cuts.findIndex((cut) => cut.level === null);
      this.names = new Map();
      this.firstNames = new Map();
      for (const run of this.doc.segments) {
        const action = this.cuts[this.main].looks.get(run.label);
        if (run.name !== undefined && !this.firstNames.has(action)) this.firstNames.set(action, run.name);
      }
      this.shown = this.main;
      this.undone = [];
      this.done = [];
      if (saved) this.restore(saved);
    }

    // --- what is seen

    get cut() {
      return this.cuts[this.shown];
    }

    get runs() {
      return this.cut.runs;
    }

    /** Number of an action, in every cut, by a label of the shown one. */
    action(label) {
      return this.cut.looks.get(label);
    }

    /** What was typed as an action's name, or what the document has; "" if neither. */
    name(action) {
      const name = this.names.has(action) ? this.names.get(action) : this.firstNames.get(action);
      return name === undefined || name === null ? "" : String(name);
    }

    /** How a segment is called here and in every file: its name on one line, or "Action" and its label. */
    called(label) {
      const words = this.name(this.action(label)).split(SPACES).filter(Boolean).join(" ");
      return words.replace(NO_CHARACTER, "\ufffd") || `Action ${label}`;
    }

    /** The name of a label in a document: null if it has none, undefined if nobody ever named it. */
    nameInFile(label) {
      const action = this.action(label);
      if (!this.names.has(action)) return this.firstNames.get(action);
      return this.names.get(action).split(SPACES).filter(Boolean).join(" ") || null;
    }

    /** Labels of the shown cut in the order in which they come, with seconds and number of segments. */
    legend() {
      const found = new Map();
      this.runs.forEach((run) => {
        const of = found.get(run.label) || { label: run.label, seconds: 0, count: 0 };
        of.seconds += this.times.of(run.end) - this.times.of(run.start);
        of.count += 1;
        found.set(run.label, of);
      });
      return [...found.values()];
    }

    /** Number of the segment of a frame. */
    at(frame) {
      return lastUpTo(this.runs, frame, (run) => run.start);
    }

    /** Show another cut, by its number from coarse to fine. */
    show(cut) {
      this.shown = Math.max(0, Math.min(this.cuts.length - 1, cut));
    }

    /** Whether a person has changed anything, in any cut. */
    get changed() {
      return this.names.size > 0 || this.cuts.some((cut) => cut.runs !== cut.first);
    }

    get canUndo() {
      return this.done.length > 0;
    }

    get canRedo() {
      return this.undone.length > 0;
    }

    // --- changes; each gives the reason if it cannot be made, and "" if it was

    /** Name an action, in all its segments and cuts. Letters typed one after the other are one change. */
    rename(action, text, { typing = false } = {}) {
      if (text === this.name(action)) return "";
      const last = this.done[this.done.length - 1];
      const goesOn = typing && last && last.typing === action && !this.undone.length;
      if (!goesOn) this.remember(typing ? action : null);
      this.names = new Map(this.names);
      const given = this.firstNames.get(action);
      if (text === (given === undefined || given === null ? "" : String(given))) this.names.delete(action);
      else this.names.set(action, text);
      return "";
    }

    /** What is typed next is a change of its own. */
    typed() {
      const last = this.done[this.done.length - 1];
      if (last) last.typing = null;
    }

    /** Let a segment begin at a frame, and the one before it end there. */
    setStart(index, frame) {
      if (index === 0) return "The first segment begins with the recording.";
      const before = this.runs[index - 1];
      const run = this.runs[index];
      if (frame <= before.start) return "No frame would be left of the segment before: merge them instead.";
      if (frame >= run.end) return "The playing position is after the end of this segment.";
      if (frame === run.start) return "The segment begins here already.";
      return this.replace(index - 1, 2, [{ ...before, end: frame }, { ...run, start: frame }]);
    }

    /** Let a segment end before a frame, and the next one begin there. */
    setEnd(index, frame) {
      if (index === this.runs.length - 1) return "The last segment ends with the recording.";
      const run = this.runs[index];
      const next = this.runs[index + 1];
      if (frame <= run.start) return "The playing position is before this segment.";
      if (frame >= next.end) return "No frame would be left of the next segment: merge them instead.";
      if (frame === run.end) return "The segment ends here already.";
      return this.replace(index, 2, [{ ...run, end: frame }, { ...next, start: frame }]);
    }

    /** Cut the segment of a frame in two, of which the second begins with it. */
    split(frame) {
      const index = this.at(frame);
      const run = this.runs[index];
      if (frame <= run.start || frame >= run.end) return "A segment begins here already.";
      return this.replace(index, 1, [{ ...run, end: frame }, { ...run, start: frame }]);
    }

    /** Make one segment of this one and a neighbour, by -1 or 1; it keeps the action of this one. */
    merge(index, side) {
      const other = index + side;
      if (other < 0) return "There is no segment before the first.";
      if (other >= this.runs.length) return "There is no segment after the last.";
      const first = Math.min(index, other);
      const { start } = this.runs[first];
      const { end } = this.runs[first + 1];
      return this.replace(first, 2, [{ start, end, label: this.runs[index].label }]);
    }

    /** Give a segment another action of the shown cut, or a new one if the label is null. */
    assign(index, label) {
      if (label === this.runs[index].label) return "";
      if (label !== null && !this.cut.looks.has(label)) return `There is no action ${label}.`;
      const looks = label === null ? new Map(this.cut.looks) : this.cut.looks;
      const given = label === null ? 1 + largest([...looks.keys()]) : label;
      if (label === null) looks.set(given, this.unused());
      let [first, last] = [index, index];
      if (this.runs[index - 1]?.label === given) first -= 1;
      if (this.runs[index + 1]?.label === given) last += 1;
      const joined = { start: this.runs[first].start, end: this.runs[last].end, label: given };
      return this.replace(first, last - first + 1, [joined], looks);
    }

    /** The next number that no action of any cut has, nor has had. */
    unused() {
      const known = this.cuts.flatMap((cut) => [...cut.looks.values(), ...cut.madeLooks.values()]);
      return 1 + largest([...known, ...this.names.keys()]);
    }

    replace(index, count, runs, looks = this.cut.looks) {
      this.remember(null);
      const changed = this.runs.slice();
      changed.splice(index, count, ...runs);
      this.cut.runs = changed;
      this.cut.looks = looks;
      return "";
    }

    // --- undo

    snapshot() {
      const cuts = this.cuts.map(({ runs, looks }) => ({ runs, looks }));
      return { names: this.names, cuts, shown: this.shown };
    }

    remember(typing) {
      this.done.push({ ...this.snapshot(), typing });
      if (this.done.length > MOST_UNDONE) this.done.shift();
      this.undone = [];
    }

    /** Take back the last change, and show the cut that it was made in. */
    undo() {
      this.swap(this.done, this.undone);
    }

    redo() {
      this.swap(this.undone, this.done);
    }

    swap(from, to) {
      const before = from.pop();
      if (!before) return;
      const shown = before.shown;
      to.push({ ...this.snapshot(), shown, typing: null });
      this.names = before.names;
      before.cuts.forEach((cut, i) => Object.assign(this.cuts[i], cut));
      this.shown = shown;
    }

    /** Back to what the page was made of; it can be undone. */
    discard() {
      this.remember(null);
      this.names = new Map();
      for (const cut of this.cuts) {
        cut.runs = cut.first;
        cut.looks = cut.madeLooks;
      }
    }

    // --- what is kept between visits

    /** All that a person changed, and the cut that is shown, as plain data. */
    state() {
      const cuts = {};
      this.cuts.forEach((cut, i) => {
        if (cut.runs === cut.first && cut.looks === cut.madeLooks) return;
        cuts[i] = { runs: cut.runs.map((run) => [run.start, run.label]), looks: [...cut.looks] };
      });
      return { names: [...this.names], cuts, shown: this.shown };
    }

    /** Take up what `state` gave; what does not fit this video is left out. */
    restore(saved) {
      const pairs = (value) => (Array.isArray(value) ? value.filter((pair) => Array.isArray(pair)) : []);
      for (const [action, name] of pairs(saved.names)) {
        if (Number.isInteger(action) && typeof name === "string") this.names.set(action, name);
      }
      Object.entries(saved.cuts || {}).forEach(([i, kept]) => {
        const cut = this.cuts[i];
        const looks = new Map(pairs(kept.looks));
        const starts = pairs(kept.runs).map(([start]) => start);
        const ordered = starts.every((start, j) => Number.isInteger(start) && (!j || start > starts[j - 1]));
        const known = pairs(kept.runs).every(([, label]) => Number.isInteger(label) && looks.has(label));
        if (!cut || !ordered || !known || starts[0] !== 0) return;
        if (starts[starts.length - 1] >= this.doc.frames) return;
        const ends = [...starts.slice(1), this.doc.frames];
        cut.runs = kept.runs.map(([start, label], j) => ({ start, end: ends[j], label }));
        cut.looks = looks;
      });
      if (Number.isInteger(saved.shown)) this.show(saved.shown);
    }

    // --- files

    /** Segments of the shown cut as a file has them: neighbours of one action are one. */
    joined() {
      const runs = [];
      for (const run of this.runs) {
        const last = runs[runs.length - 1];
        if (last && last.label === run.label) last.end = run.end;
        else runs.push({ ...run });
      }
      return runs;
    }

    /** The document as corrected, as text of JSON. */
    json() {
      const { scores, levels, suggestion, ...doc } = this.doc;
      const before = new Map(this.cut.original.map((run) => [`${run.start} ${run.end}`, run]));
      const sure = this.cut.original.some((run) => run.confidence !== undefined);
      const runs = this.joined();
      const named = runs.some(({ label }) => this.nameInFile(label) !== undefined);
      doc.segments = runs.map(({ start, end, label }) => {
        const old = before.get(`${start} ${end}`);
        return {
          start,
          end,
          label,
          margin: old?.margin ?? null,
          ...(sure ? { confidence: old?.confidence ?? null } : {}),
          ...(named ? { name: this.nameInFile(label) ?? null } : {}),
          start_time: this.times.of(start),
          end_time: this.times.of(end),
        };
      });
      const agrees = ({ label, name }) => String(doc.classes[label]) === String(name);
      if (doc.classes && !doc.segments.every(agrees)) delete doc.classes;
      doc.corrected = { of: this.doc.key, level: this.cut.actions };
      doc.key = "";
      return `${JSON.stringify(doc, null, 2)}\n`;
    }

    /** Start and end in milliseconds, and text; none is empty, none overlap. */
    cues() {
      let last = 0;
      return this.joined().map((run) => {
        const start = Math.max(rounded(this.times.of(run.start) * MILLI), last);
        last = Math.max(rounded(this.times.of(run.end) * MILLI), start + 1);
        return { start, end: last, text: this.called(run.label) };
      });
    }

    /** The shown cut as WebVTT. */
    webvtt() {
      const two = (number) => String(number).padStart(2, "0");
      const clock = (time) => {
        const seconds = Math.floor(time / MILLI);
        const minutes = Math.floor(seconds / 60);
        const parts = [two(Math.floor(minutes / 60)), two(minutes % 60), two(seconds % 60)];
        return `${parts.join(":")}.${String(time % MILLI).padStart(3, "0")}`;
      };
      const cues = this.cues().map(
        (cue, i) => `${i + 1}\n${clock(cue.start)} --> ${clock(cue.end)}\n${escaped(cue.text)}\n`,
      );
      return ["WEBVTT\n", ...cues].join("\n");
    }

    /** The shown cut as an annotation document of ELAN: what stands around the annotations is given. */
    eaf() {
      const { head, tier, tail } = this.data.eaf;
      const cues = this.cues();
      const slot = (number, time) =>
        `        <TIME_SLOT TIME_SLOT_ID="ts${number}" TIME_VALUE="${time}"/>\n`;
      const slots = cues.map((cue, i) => slot(2 * i + 1, cue.start) + slot(2 * i + 2, cue.end));
      const annotations = cues.map(
        (cue, i) =>
          "        <ANNOTATION>\n" +
          `            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${i + 1}" ` +
          `TIME_SLOT_REF1="ts${2 * i + 1}" TIME_SLOT_REF2="ts${2 * i + 2}">\n` +
          `                <ANNOTATION_VALUE>${escaped(cue.text)}</ANNOTATION_VALUE>\n` +
          "            </ALIGNABLE_ANNOTATION>\n" +
          "        </ANNOTATION>\n",
      );
      const counted = head.replace('Id">0<', `Id">${cues.length}<`);
      return counted + slots.join("") + tier + annotations.join("") + tail;
    }
  }

  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  return { Model, Times, lastUpTo };
})();

if (typeof module !== "undefined") module.exports = dkvaModel;
