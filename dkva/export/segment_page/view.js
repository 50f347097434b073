"use strict";

(() => {
  const { Model, lastUpTo } = dkvaModel;
  const { Looks, Timeline, clock } = dkvaTimeline;
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const made = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const LEGEND_ROWS = 40;
  const SPARE_ROWS = 6;
  const SAVE_AFTER = 250;

  let storing = true;
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(data.store));
    } catch {
      return null;
    }
  };

  const model = new Model(data, kept());
  const looks = new Looks(data.palette);
  const { times } = model;
  const stills = new Map(data.stills.map(([start, end, frame, jpeg]) => [`${start} ${end}`, { frame, jpeg }]));
  const byFrame = [...stills.values()].sort((a, b) => a.frame - b.frame);
  const video = $("video");

  let selected = 0;
  let position = times.start;
  let allActions = false;

  // --- playing

  const playable = () => !video.hidden;

  function say(text) {
    $("status").textContent = text;
  }

  function move(time, { follow = true } = {}) {
    position = Math.min(Math.max(time, times.start), times.end);
    if (playable()) video.currentTime = position;
    showPosition(follow);
  }

  function showPosition(follow = false) {
    const frame = times.at(position);
    const run = model.runs[model.at(frame)];
    timeline.at(position, follow);
    $("clock").querySelector(".at").textContent = clock(position);
    $("frame").textContent = ` · frame ${frame}`;
    const words = `${clock(position)}, ${model.called(run.label)}`;
    $("timeline").setAttribute("aria-valuenow", position.toFixed(3));
    $("timeline").setAttribute("aria-valuetext", words);
    const now = $("now");
    looks.background(now.querySelector(".swatch"), model.action(run.label));
    now.querySelector(".name").textContent = model.called(run.label);
    for (const row of $("list").children) row.classList.toggle("on", row.run === run);
  }

  function tick() {
    if (video.paused) return;
    position = Math.min(Math.max(video.currentTime, times.start), times.end);
    showPosition(true);
    requestAnimationFrame(tick);
  }

  function play() {
    if (!playable()) {
      say("There is no recording to play: open it above.");
      return;
    }
    if (video.paused) video.play();
    else video.pause();
  }

  function showPlaying() {
    const playing = !video.paused;
    $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
    $("play").querySelector("use").setAttribute("href", playing ? "#i-pause" : "#i-play");
    if (playing) tick();
  }

  function openMedia() {
    let next = 0;
    const missing = () => {
      video.hidden = true;
      $("missing").hidden = false;
      const file = data.document.source?.file;
      $("missing-why").textContent = data.media.length
        ? `${file || "The recording"} is not where it was beside this page, or this browser cannot play it.`
        : "This page came without a recording. Time line, names and corrections work without one.";
      $("screen").classList.toggle("small", !data.media.length);
    };
    const attempt = () => {
      if (next >= data.media.length) missing();
      else video.src = data.media[next++];
    };
    video.addEventListener("error", attempt);
    video.addEventListener("loadedmetadata", () => {
      video.hidden = !video.videoWidth;
      $("missing").hidden = !video.hidden;
      if (video.hidden) missing();
      else move(position);
    });
    $("open").addEventListener("change", ({ target }) => {
      if (!target.files.length) return;
      next = data.media.length;
      if (video.src.startsWith("blob:")) URL.revokeObjectURL(video.src);
      video.src = URL.createObjectURL(target.files[0]);
    });
    for (const event of ["play", "pause", "ended"]) video.addEventListener(event, showPlaying);
    video.addEventListener("click", play);
    $("speed").addEventListener("change", ({ target }) => {
      video.playbackRate = video.defaultPlaybackRate = Number(target.value);
    });
    attempt();
  }

  // --- the segment that is selected

  function select(index, { seek = true } = {}) {
    selected = Math.min(Math.max(index, 0), model.runs.length - 1);
    timeline.selected = selected;
    if (seek) move(times.within(model.runs[selected].start));
    showSelected();
    timeline.draw();
    revealRow();
    say("");
  }

  function showSelected() {
    const run = model.runs[selected];
    $("edit-title").textContent = `Segment ${selected + 1} of ${model.runs.length}`;
    const [start, end] = [times.of(run.start), times.of(run.end)];
    $("edit-times").textContent = `${clock(start, 2)} – ${clock(end, 2)} · ${(end - start).toFixed(2)} s`;
    $("edit-times").title = `Frames ${run.start} to ${run.end - 1}`;
    const labels = model.legend().map(({ label }) => label);
    $("assign").replaceChildren(
      ...labels.map((label) => made("option", { value: label, textContent: model.called(label) })),
      made("option", { value: "new", textContent: "New action" }),
    );
    $("assign").value = String(run.label);
    $("merge-previous").disabled = selected === 0;
    $("merge-next").disabled = selected === model.runs.length - 1;
    $("start-here").disabled = selected === 0;
    $("end-here").disabled = selected === model.runs.length - 1;
  }

  /** Make a change of segments, say why if it cannot be made, and go on with the segment at `frame`. */
  function change(make, frame) {
    const refused = make();
    if (refused) say(refused);
    else {
      select(model.at(frame), { seek: false });
      refresh();
    }
  }

  const here = () => times.at(position);
  const edits = {
    startHere: () => change(() => model.setStart(selected, here()), here()),
    endHere: () => change(() => model.setEnd(selected, here()), model.runs[selected].start),
    split: () => change(() => model.split(here()), here()),
    mergePrevious: () => change(() => model.merge(selected, -1), model.runs[selected].start),
    mergeNext: () => change(() => model.merge(selected, 1), model.runs[selected].start),
    assign: (label) => change(() => model.assign(selected, label), model.runs[selected].start),
  };

  function turnBack(way) {
    const frame = model.runs[selected].start;
    if (way === "undo" ? !model.canUndo : !model.canRedo) {
      say(`Nothing to ${way}.`);
      return;
    }
    model[way]();
    select(model.at(frame), { seek: false });
    refresh();
  }

  function discard() {
    model.discard();
    select(model.at(here()), { seek: false });
    refresh();
    say("Corrections are discarded; undo brings them back.");
  }

  // --- names

  function legendRow() {
    const input = made("input", { type: "text", maxLength: 200, autocomplete: "off", spellcheck: true });
    const swatch = made("button", { type: "button", className: "swatch", title: "Go to its next segment" });
    const row = made("li", {}, swatch, input, made("span", { className: "share" }), made("span", { className: "many" }));
    input.addEventListener("input", () => {
      model.rename(row.action, input.value, { typing: true });
      refresh();
    });
    input.addEventListener("change", () => model.typed());
    input.addEventListener("blur", () => model.typed());
    swatch.addEventListener("click", () => {
      const runs = model.runs.map((run, i) => [run, i]).filter(([run]) => run.label === row.label);
      select((runs.find(([, i]) => i > selected) || runs[0])[1]);
    });
    return row;
  }

  function showLegend() {
    const all = model.legend();
    const list = $("legend").querySelector("ul");
    const shown = allActions ? all : all.slice(0, LEGEND_ROWS);
    while (list.children.length > shown.length) list.lastChild.remove();
    while (list.children.length < shown.length) list.append(legendRow());
    const total = times.end - times.start;
    shown.forEach(({ label, seconds, count }, i) => {
      const row = list.children[i];
      const [swatch, input, share, many] = row.children;
      row.label = label;
      row.action = model.action(label);
      looks.background(swatch, row.action);
      swatch.setAttribute("aria-label", `Next segment of ${model.called(label)}`);
      if (input !== document.activeElement || input.value.trim() !== model.name(row.action).trim()) {
        input.value = model.name(row.action);
      }
      input.placeholder = `Action ${label}`;
      input.setAttribute("aria-label", `Name of action ${label}`);
      share.textContent = clock(seconds);
      share.title = `${Math.round((100 * seconds) / total)} % of the recording`;
      many.textContent = `× ${count}`;
      many.title = count === 1 ? "One segment" : `${count} segments`;
    });
    const more = all.length - LEGEND_ROWS;
    $("more-actions").hidden = allActions || more <= 0;
    $("more-actions").textContent = `Show ${more} more actions`;
  }

  function editName() {
    const { label } = model.runs[selected];
    const find = () => [...$("legend").querySelectorAll("li")].find((row) => row.label === label);
    if (!find()) {
      allActions = true;
      showLegend();
    }
    const input = find().querySelector("input");
    input.focus();
    input.select();
  }

  // --- segments

  const rowHeight = () => (matchMedia("(max-width: 640px)").matches ? 68 : 60);

  /** The picture that was made for a segment, or the one of its frames that is nearest to its middle. */
  function stillOf({ start, end }) {
    const exact = stills.get(`${start} ${end}`);
    if (exact || !byFrame.length) return exact;
    const middle = (start + end - 1) / 2;
    const before = lastUpTo(byFrame, middle, (still) => still.frame);
    const near = [byFrame[before], byFrame[before + 1]].filter((s) => s && s.frame >= start && s.frame < end);
    return near.sort((a, b) => Math.abs(a.frame - middle) - Math.abs(b.frame - middle))[0];
  }

  function listRow(index) {
    const run = model.runs[index];
    const [start, end] = [times.of(run.start), times.of(run.end)];
    const row = made("div", { className: "row", id: `segment-${index}`, run, index });
    row.setAttribute("role", "option");
    row.setAttribute("aria-posinset", index + 1);
    row.setAttribute("aria-setsize", model.runs.length);
    row.setAttribute("aria-selected", index === selected);
    row.style.top = `${index * rowHeight()}px`;
    const still = stillOf(run);
    const bar = made("span", { className: "bar" });
    looks.background(bar, model.action(run.label));
    row.append(bar);
    if (still) {
      row.append(made("img", { src: `data:image/jpeg;base64,${still.jpeg}`, alt: "", title: `Frame ${still.frame}` }));
    } else if (stills.size) row.append(made("span", { className: "no-still" }));
    row.append(
      made(
        "span",
        { className: "words" },
        made("span", { className: "name", textContent: model.called(run.label) }),
        made("span", { className: "time", textContent: `${clock(start)} – ${clock(end)}` }),
      ),
      made("span", { className: "length", textContent: `${(end - start).toFixed(1)} s` }),
    );
    row.addEventListener("click", () => select(index));
    return row;
  }

  /** Rows that are in sight, and a few above and below; those that are there stay if nothing has changed. */
  function showList({ changed = true } = {}) {
    const list = $("list");
    const there = new Map(changed ? [] : [...list.children].map((row) => [row.index, row]));
    const height = rowHeight();
    list.style.height = `${model.runs.length * height}px`;
    const top = -list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / height) - SPARE_ROWS);
    const last = Math.min(model.runs.length, Math.ceil((top + innerHeight) / height) + SPARE_ROWS);
    const rows = [];
    for (let i = first; i < last; i += 1) rows.push(there.get(i) || listRow(i));
    if (rows.length !== there.size || rows.some((row) => row.parentNode !== list)) list.replaceChildren(...rows);
    if (selected >= first && selected < last) list.setAttribute("aria-activedescendant", `segment-${selected}`);
    else list.removeAttribute("aria-activedescendant");
    const on = model.runs[model.at(here())];
    for (const row of rows) row.classList.toggle("on", row.run === on);
    $("counted").textContent = model.runs.length;
  }

  /** Scroll to the selected row if it is out of sight, but not on a phone, where the player would go. */
  function revealRow() {
    const narrow = matchMedia("(max-width: 900px)").matches;
    const box = $("list").getBoundingClientRect();
    const top = box.top + selected * rowHeight();
    if (!narrow && (top < 60 || top + rowHeight() > innerHeight - 10)) {
      scrollBy({ top: top - innerHeight / 2, behavior: "instant" });
    }
    showList();
  }

  // --- coarse to fine

  function showLevels() {
    const several = model.cuts.length > 1;
    for (const id of ["slider", "level", "stops"]) $(id).hidden = !several;
    $("no-levels").hidden = several;
    const { cut } = model;
    const words = (one, number) => `${number} ${one}${number === 1 ? "" : "s"}`;
    const actions = words("action", model.legend().length);
    const text = `${actions}, ${words("segment", model.runs.length)}`;
    $("level").textContent = model.shown === model.main && several ? `${text} (as cut)` : text;
    $("slider").max = model.cuts.length - 1;
    $("slider").value = model.shown;
    $("slider").setAttribute("aria-valuetext", $("level").textContent);
    if ($("stops").children.length !== model.cuts.length) {
      $("stops").replaceChildren(...model.cuts.map((each) => made("span", { textContent: each.actions })));
    }
    [...$("stops").children].forEach((stop, i) => stop.classList.toggle("now", model.cuts[i] === cut));
    const { doc } = model;
    $("facts").textContent = [doc.method, clock(times.end - times.start), words("frame", doc.frames), text].join(" · ");
  }

  function level(index) {
    if (index === model.shown || index < 0 || index >= model.cuts.length) return;
    model.show(index);
    select(model.at(here()), { seek: false });
    refresh();
  }

  // --- all of it

  let saving = 0;
  let saved = model.changed || model.shown !== model.main;

  function save() {
    clearTimeout(saving);
    saving = 0;
    try {
      if (model.changed || model.shown !== model.main) localStorage.setItem(data.store, JSON.stringify(model.state()));
      else if (saved) localStorage.removeItem(data.store);
      saved = true;
      storing = true;
    } catch {
      if (storing) say("This browser keeps no corrections: save them as a file before you leave.");
      storing = false;
    }
  }

  function refresh() {
    showLevels();
    showLegend();
    showList();
    showSelected();
    timeline.draw();
    showPosition();
    $("undo").disabled = !model.canUndo;
    $("redo").disabled = !model.canRedo;
    $("discard").hidden = !model.changed;
    clearTimeout(saving);
    saving = setTimeout(save, SAVE_AFTER);
  }

  function download(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = made("a", { href: url, download: name.replace(/^.*[/\\]/, "") });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    say(`Saved as ${link.download}.`);
  }

  const name = data.document.video;
  const files = {
    "save-json": () => download(`${name}.corrected.json`, "application/json", model.json()),
    "save-vtt": () => download(`${name}.vtt`, "text/vtt", model.webvtt()),
    "save-eaf": () => download(`${name}.eaf`, "application/xml", model.eaf()),
  };

  // --- keys

  const frames = (number) => move(times.within(Math.min(Math.max(here() + number, 0), times.frames - 1)));
  const KEYS = [
    [["Space"], "play, pause", [" "], play],
    [["←", "→"], "one second back, on", ["ArrowLeft"], () => move(position - 1)],
    [null, "", ["ArrowRight"], () => move(position + 1)],
    [[",", "."], "one frame back, on", [","], () => frames(-1)],
    [null, "", ["."], () => frames(1)],
    [["↑", "K"], "segment before", ["ArrowUp", "k"], () => select(selected - 1)],
    [["↓", "J"], "next segment", ["ArrowDown", "j"], () => select(selected + 1)],
    [["Home", "End"], "first, last segment", ["Home"], () => select(0)],
    [null, "", ["End"], () => select(model.runs.length - 1)],
    [["G"], "select the segment on screen", ["g"], () => select(model.at(here()), { seek: false })],
    [["N"], "name its action (Enter or Esc leaves the field)", ["n"], editName],
    [["A"], "choose its action", ["a"], () => $("assign").focus()],
    [["["], "the segment begins here", ["["], edits.startHere],
    [["]"], "the segment ends here", ["]"], edits.endHere],
    [["S"], "split here", ["s"], edits.split],
    [["M"], "merge with the next", ["m"], edits.mergeNext],
    [["Shift M"], "merge with the one before", ["M"], edits.mergePrevious],
    [["U", "Ctrl Z"], "undo", ["u"], () => turnBack("undo")],
    [["Shift U", "Ctrl Y"], "redo", ["U"], () => turnBack("redo")],
    [["+", "−"], "zoom in, out", ["+", "="], () => timeline.zoom(0.5)],
    [null, "", ["-"], () => timeline.zoom(2)],
    [["0"], "whole recording", ["0"], () => timeline.fit()],
    [["Page up", "L"], "finer", ["PageUp", "l"], () => level(model.shown + 1)],
    [["Page down", "H"], "coarser", ["PageDown", "h"], () => level(model.shown - 1)],
    [["?"], "these keys", ["?"], () => $("help").showModal()],
  ];
  const actions = new Map(KEYS.flatMap(([, , keys, act]) => keys.map((key) => [key, act])));

  function onKey(event) {
    const { target, key } = event;
    if ($("help").open || event.altKey) return;
    if (target.matches("input[type=text], select")) {
      if (key === "Escape" || (key === "Enter" && target.matches("input"))) $("timeline").focus({ preventScroll: true });
      return;
    }
    const control = event.ctrlKey || event.metaKey;
    if (control) {
      const way = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key.toLowerCase()];
      if (!way) return;
      event.preventDefault();
      turnBack(way);
      return;
    }
    const own = target.matches("input[type=range]") && /^(Arrow|Home|End|Page)/.test(key);
    const pressed = target.matches("button, a, input[type=file]") && key === " ";
    const act = own || pressed ? null : actions.get(key) || actions.get(key.toLowerCase());
    if (!act) return;
    event.preventDefault();
    act();
  }

  // --- start

  const timeline = new Timeline({
    model,
    looks,
    element: $("timeline"),
    overview: $("overview"),
    onSeek: (time) => move(time, { follow: false }),
    onPick: (time) => select(model.at(times.at(time)), { seek: false }),
  });
  $("timeline").setAttribute("aria-valuemin", times.start);
  $("timeline").setAttribute("aria-valuemax", times.end);
  const clicks = {
    undo: () => turnBack("undo"),
    redo: () => turnBack("redo"),
    keys: () => $("help").showModal(),
    close: () => $("help").close(),
    previous: () => select(selected - 1),
    play,
    next: () => select(selected + 1),
    "frame-back": () => frames(-1),
    "frame-on": () => frames(1),
    in: () => timeline.zoom(0.5),
    out: () => timeline.zoom(2),
    fit: () => timeline.fit(),
    "start-here": edits.startHere,
    "end-here": edits.endHere,
    split: edits.split,
    "merge-previous": edits.mergePrevious,
    "merge-next": edits.mergeNext,
    discard,
    "more-actions": () => {
      allActions = true;
      showLegend();
    },
    ...files,
  };
  for (const [id, act] of Object.entries(clicks)) $(id).addEventListener("click", act);
  $("assign").addEventListener("change", ({ target }) => edits.assign(target.value === "new" ? null : Number(target.value)));
  $("slider").addEventListener("input", ({ target }) => level(Number(target.value)));
  $("help").querySelector("dl").append(
    ...KEYS.filter(([shown]) => shown).flatMap(([shown, does]) => [
      made("dt", {}, ...shown.map((key) => made("kbd", { textContent: key }))),
      made("dd", { textContent: does }),
    ]),
  );
  document.addEventListener("keydown", onKey);
  // A button that is pressed with the mouse does not keep the keyboard: the space bar plays on.
  document.addEventListener("mousedown", (event) => {
    if (!event.target.closest("button") || $("help").open) return;
    event.preventDefault();
    $("timeline").focus({ preventScroll: true });
  });
  addEventListener("scroll", () => showList({ changed: false }), { passive: true });
  addEventListener("resize", () => showList());
  addEventListener("pagehide", () => saving && save());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => timeline.draw());
  $("clock").querySelector(".of").textContent = ` / ${clock(times.end)}`;
  openMedia();
  select(0, { seek: false });
  refresh();
  if (model.changed) say("Your corrections of an earlier visit are here.");
})();
