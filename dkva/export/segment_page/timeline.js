"use strict";

/* Looks of actions, and the time line on its two canvases. */
const dkvaTimeline = (() => {
  const TILE = 9;
  const RULER = 20;
  const LEAST_LABEL = 26;
  const TICK_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];

  /** Seconds as people read them: 1:02.5, or 1:00:02.5. */
  function clock(seconds, digits = 1) {
    const scale = 10 ** digits;
    const whole = Math.floor(Math.max(0, seconds) * scale + 1e-6);
    const rest = whole % (60 * scale);
    const minutes = Math.floor(whole / (60 * scale));
    const padded = (rest / scale).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
    if (minutes < 60) return `${minutes}:${padded}`;
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${padded}`;
  }

  /** How actions look: colour and hatching of the palette, as patterns of canvases and of elements. */
  class Looks {
    constructor(palette) {
      this.palette = palette;
      this.tiles = new Map();
      this.urls = new Map();
    }

    colour(action) {
      return this.palette[action % this.palette.length][0];
    }

    hatched(action) {
      return this.palette[action % this.palette.length][1] !== "";
    }

    tile(action, scale) {
      const key = `${action % this.palette.length} ${scale}`;
      if (!this.tiles.has(key)) this.tiles.set(key, this.drawn(action, scale));
      return this.tiles.get(key);
    }

    drawn(action, scale) {
      const [colour, hatch] = this.palette[action % this.palette.length];
      const tile = document.createElement("canvas");
      tile.width = tile.height = Math.round(TILE * scale);
      const pen = tile.getContext("2d");
      const size = tile.width;
      pen.fillStyle = colour;
      pen.fillRect(0, 0, size, size);
      pen.strokeStyle = pen.fillStyle = "rgba(255,255,255,.85)";
      pen.lineWidth = 1.3 * scale;
      const stroke = (rising) => {
        for (const shift of [-size, 0, size]) {
          pen.beginPath();
          pen.moveTo(shift, rising ? size : 0);
          pen.lineTo(shift + size, rising ? 0 : size);
          pen.stroke();
        }
      };
      const mark = hatch[0];
      if (mark === "/" || mark === "x") stroke(true);
      if (mark === "\\" || mark === "x") stroke(false);
      if (mark === "." || mark === "o") {
        pen.beginPath();
        pen.arc(size / 2, size / 2, (mark === "." ? 0.16 : 0.3) * size, 0, 7);
        if (mark === ".") pen.fill();
        else pen.stroke();
      }
      return tile;
    }

    /** The look for the background of an element. */
    background(element, action) {
      element.style.backgroundColor = this.colour(action);
      if (!this.hatched(action)) {
        element.style.backgroundImage = "";
        return;
      }
      const look = action % this.palette.length;
      if (!this.urls.has(look)) this.urls.set(look, `url(${this.drawn(action, 2).toDataURL()})`);
      element.style.backgroundImage = this.urls.get(look);
      element.style.backgroundSize = `${TILE}px ${TILE}px`;
    }

    fill(pen, action, scale) {
      return this.hatched(action) ? pen.createPattern(this.tile(action, scale), "repeat") : this.colour(action);
    }

    /** Black or white, whichever stands out more from the colour. */
    ink(action) {
      const parts = this.colour(action).match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16) / 255);
      const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
    }
  }

  /** The zoomed time line, and the whole recording below it. */
  class Timeline {
    constructor({ model, looks, element, overview, onSeek, onPick }) {
      Object.assign(this, { model, looks, element, overview, onSeek, onPick });
      this.from = model.times.start;
      this.to = model.times.end;
      this.position = this.from;
      this.selected = 0;
      this.heads = [element, overview].map((each) => each.querySelector(".head"));
      this.window = overview.querySelector(".window");
      this.listen();
      new ResizeObserver(() => this.draw()).observe(element);
    }

    get least() {
      const { start, end, frames } = this.model.times;
      return Math.min(end - start, (8 * (end - start)) / frames);
    }

    /** Show these seconds, or as near to it as there is. */
    look(from, to) {
      const { start, end } = this.model.times;
      const length = Math.min(Math.max(to - from, this.least), end - start);
      this.from = Math.min(Math.max((from + to - length) / 2, start), end - length);
      this.to = this.from + length;
      this.draw();
    }

    zoom(factor, around = this.position) {
      const inside = around >= this.from && around <= this.to ? around : (this.from + this.to) / 2;
      const length = Math.max((this.to - this.from) * factor, this.least);
      const part = (inside - this.from) / (this.to - this.from);
      this.look(inside - part * length, inside + (1 - part) * length);
    }

    fit() {
      this.look(this.model.times.start, this.model.times.end);
    }

    /** Bring a time into view. */
    reveal(time) {
      const length = this.to - this.from;
      if (time < this.from || time > this.to) this.look(time - length / 3, time + (2 * length) / 3);
    }

    /** Put the line of the playing position. */
    at(position, follow = false) {
      this.position = position;
      if (follow) this.reveal(position);
      const { start, end } = this.model.times;
      const put = (head, part) => {
        head.hidden = part < 0 || part > 1;
        head.style.left = `${100 * part}%`;
      };
      put(this.heads[0], (position - this.from) / (this.to - this.from));
      put(this.heads[1], (position - start) / (end - start));
    }

    draw() {
      const { start, end } = this.model.times;
      const style = getComputedStyle(this.element);
      const paper = { ink: style.color, line: style.borderTopColor, ground: style.backgroundColor };
      this.paint(this.element, this.from, this.to, paper, true);
      this.paint(this.overview, start, end, paper, false);
      this.window.style.left = `${(100 * (this.from - start)) / (end - start)}%`;
      this.window.style.width = `${(100 * (this.to - this.from)) / (end - start)}%`;
      this.window.hidden = this.to - this.from >= (end - start) * 0.999;
      this.at(this.position);
    }

    paint(element, from, to, paper, detailed) {
      const canvas = element.querySelector("canvas");
      const scale = devicePixelRatio || 1;
      const [width, height] = [element.clientWidth, element.clientHeight];
      if (!width) return;
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale);
      const bottom = detailed ? height - RULER : height;
      const x = (time) => ((time - from) / (to - from)) * width;
      const { model } = this;
      const first = model.at(model.times.at(from));
      const last = model.at(model.times.at(to));
      if (last - first > width / 2) this.paintPixels(pen, from, to, width, bottom);
      else this.paintRuns(pen, first, last, x, bottom, detailed, paper);
      if (!detailed) return;
      this.paintRuler(pen, from, to, x, bottom, height, paper);
      const run = model.runs[this.selected];
      if (!run) return;
      const [left, right] = [x(model.times.of(run.start)), x(model.times.of(run.end))];
      pen.strokeStyle = paper.ink;
      pen.lineWidth = 2;
      pen.strokeRect(left + 1, 1, Math.max(right - left - 2, 1), bottom - 2);
    }

    /** With more segments than there is room for: in each column what is on screen there. */
    paintPixels(pen, from, to, width, bottom) {
      const { model } = this;
      for (let column = 0; column < width; column += 1) {
        const run = model.runs[model.at(model.times.at(from + ((column + 0.5) / width) * (to - from)))];
        pen.fillStyle = this.looks.colour(model.action(run.label));
        pen.fillRect(column, 0, 1, bottom);
      }
    }

    paintRuns(pen, first, last, x, bottom, detailed, paper) {
      const { model } = this;
      const scale = devicePixelRatio || 1;
      pen.font = "12px system-ui, sans-serif";
      pen.textBaseline = "middle";
      for (let i = first; i <= last; i += 1) {
        const run = model.runs[i];
        const action = model.action(run.label);
        const [left, right] = [x(model.times.of(run.start)), x(model.times.of(run.end))];
        const gap = right - left > 6 ? 1 : 0;
        pen.save();
        pen.scale(1 / scale, 1 / scale);
        pen.fillStyle = this.looks.fill(pen, action, scale);
        pen.fillRect(left * scale, 0, Math.max((right - left - gap) * scale, 0.5), bottom * scale);
        pen.restore();
        if (detailed && right - left > LEAST_LABEL) this.paintName(pen, run, action, left, right, bottom);
      }
    }

    paintName(pen, run, action, left, right, bottom) {
      const [begin, end] = [Math.max(left, 0) + 5, Math.min(right, this.element.clientWidth) - 4];
      let text = this.model.called(run.label);
      const numbered = text === `Action ${run.label}`;
      if (pen.measureText(text).width > end - begin && numbered) text = String(run.label);
      const whole = pen.measureText(text).width;
      if (whole > end - begin) {
        while (text && pen.measureText(`${text}…`).width > end - begin) text = text.slice(0, -1);
        if (!text) return;
        text += "…";
      }
      if (this.looks.hatched(action)) {
        pen.fillStyle = this.looks.colour(action);
        pen.fillRect(begin - 3, bottom / 2 - 9, pen.measureText(text).width + 6, 18);
      }
      pen.fillStyle = this.looks.ink(action);
      pen.fillText(text, begin, bottom / 2 + 1);
    }

    paintRuler(pen, from, to, x, bottom, height, paper) {
      const wanted = ((to - from) * 80) / this.element.clientWidth;
      const step = TICK_STEPS.find((each) => each >= wanted) || TICK_STEPS[TICK_STEPS.length - 1];
      const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
      pen.font = "11px system-ui, sans-serif";
      pen.textBaseline = "middle";
      for (let i = Math.ceil(from / step); i * step <= to; i += 1) {
        const left = Math.round(x(i * step)) + 0.5;
        pen.strokeStyle = paper.line;
        pen.beginPath();
        pen.moveTo(left, bottom + 2);
        pen.lineTo(left, height);
        pen.stroke();
        pen.fillStyle = paper.ink;
        pen.fillText(clock(i * step, digits), left + 4, bottom + RULER / 2 + 2);
      }
    }

    listen() {
      const timeIn = (element, event, from, to) => {
        const box = element.getBoundingClientRect();
        const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
        return from + part * (to - from);
      };
      const { start, end } = this.model.times;
      const dragged = (element, act) => {
        element.addEventListener("pointerdown", (event) => {
          if (event.button) return;
          element.setPointerCapture(event.pointerId);
          act(event, true);
        });
        element.addEventListener("pointermove", (event) => {
          if (element.hasPointerCapture(event.pointerId)) act(event, false);
        });
      };
      dragged(this.element, (event, begins) => {
        const time = timeIn(this.element, event, this.from, this.to);
        if (begins) this.onPick(time);
        this.onSeek(time);
      });
      dragged(this.overview, (event, begins) => {
        const time = timeIn(this.overview, event, start, end);
        const half = (this.to - this.from) / 2;
        if (this.window.hidden) {
          if (begins) this.onPick(time);
          this.onSeek(time);
        } else this.look(time - half, time + half);
      });
      this.element.addEventListener(
        "wheel",
        (event) => {
          event.preventDefault();
          const across = event.shiftKey ? event.deltaY : event.deltaX;
          const length = this.to - this.from;
          if (Math.abs(across) > Math.abs(event.deltaY) || event.shiftKey) {
            const shift = (across / this.element.clientWidth) * length;
            this.look(this.from + shift, this.to + shift);
          } else this.zoom(2 ** (event.deltaY / 240), timeIn(this.element, event, this.from, this.to));
        },
        { passive: false },
      );
    }
  }

  return { Looks, Timeline, clock };
})();
