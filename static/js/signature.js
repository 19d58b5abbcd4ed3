/* Signature pad: strokes as JSON in a 600 x 200 box, written into a form field. */
"use strict";

for (const pad of document.querySelectorAll("[data-pad]")) {
  const canvas = pad.querySelector("canvas");
  const field = document.getElementById(pad.dataset.pad);
  const paper = document.getElementById("signature-paper");
  const pen = canvas.getContext("2d");
  let strokes = field.value ? JSON.parse(field.value) : [];
  let stroke = null;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const across = ((event.clientX - box.left) * canvas.width) / box.width;
    const down = ((event.clientY - box.top) * canvas.height) / box.height;
    return [Math.round(Math.min(Math.max(across, 0), 600)), Math.round(Math.min(Math.max(down, 0), 200))];
  };
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#14232b";
    for (const points of strokes) {
      pen.beginPath();
      pen.moveTo(...points[0]);
      for (const point of points.length > 1 ? points.slice(1) : points) pen.lineTo(...point);
      pen.stroke();
    }
  };
  const keep = () => {
    field.value = strokes.length ? JSON.stringify(strokes) : "";
    if (strokes.length && paper) paper.checked = false;
    field.disabled = !!paper?.checked;
  };

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [place(event)];
    strokes.push(stroke);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    stroke.push(place(event));
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      stroke = null;
      keep();
    });
  }
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    draw();
    keep();
  });
  paper?.addEventListener("change", keep);

  pad.hidden = false;
  field.disabled = !!paper?.checked;
  draw();
}
