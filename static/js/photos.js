/* Photos are sent as soon as they are chosen, one by one, made smaller first; and removed without a reload. */
(() => {
  "use strict";
  const upload = document.querySelector("[data-photo-upload]");
  const input = document.querySelector("input[type=file][name=photos]");
  if (!upload || !input || !window.FormData) return;
  const said = upload.dataset;
  const form = input.form;
  const status = upload.querySelector("[data-photo-status]");
  const template = upload.querySelector("template");
  const LONGEST = 2560; // pixels; the server keeps no more
  const SMALL_ENOUGH = 700_000; // bytes that are sent as they are
  const previews = new Map(); // canvases by the photo's uid, until the server has small pictures
  const say = (text, name = "") => {
    status.textContent = text.replace("{name}", () => name);
    status.classList.remove("ak-upload__wrong");
  };
  const list = () => upload.querySelector("[data-photo-list]");
  const uids = () => [...upload.querySelectorAll("[data-photo]")].map((item) => item.dataset.photo);

  upload.querySelector("[name=only_photos]").hidden = true;
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    const problems = [];
    for (const file of files) {
      if (list().dataset.full) { problems.push(said.saidMany); break; }
      problems.push(...await send(file));
    }
    if (!problems.length) return;
    say(problems.join(" "));
    status.classList.add("ak-upload__wrong");
  });
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[name=remove_photo]");
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    const { status: code, html } = await post({ remove_photo: button.value });
    if (code !== 200) { button.disabled = false; return say(said.saidAway); }
    show(html);
    say(said.saidRemoved);
    input.focus();
  });

  /* Send one file with its preview and bar; what is wrong with it, as texts. */
  async function send(file) {
    const going = template.content.cloneNode(true).firstElementChild;
    const [canvas, bar] = [going.querySelector("canvas"), going.querySelector("progress")];
    list().before(going);
    say(said.saidSending, file.name);
    const before = uids();
    const smaller = await lessened(file, canvas).catch(() => file);
    const { status: code, html } = await post({ only_photos: "1" }, smaller, file.name, (share) => { bar.value = share; });
    going.remove();
    if (code !== 200 && code !== 422) return [said.saidFailed.replace("{name}", file.name)];
    const problems = show(html);
    const added = uids().find((uid) => !before.includes(uid));
    if (added && canvas.width > 1) { previews.set(added, canvas); preview(); }
    if (added) say(said.saidSent, file.name);
    return problems;
  }

  /* The form as it stands, so that the text is kept too, with at most one file. */
  function post(fields, file, name, progress) {
    const data = new FormData(form);
    data.delete("photos");
    for (const [field, value] of Object.entries(fields)) data.append(field, value);
    if (file) data.append("photos", file, name);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action || location.href);
      request.setRequestHeader("X-Fragment", "photos");
      if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
      request.addEventListener("loadend", () => resolve({ status: request.status, html: request.responseText }));
      request.send(data);
    });
  }

  /* Put the server's own list in place of the old one; its problems, which the status line tells. */
  function show(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html").querySelector("[data-photo-list]");
    if (!parsed) return [];
    const problems = [...parsed.querySelectorAll("[data-photo-problems] p")].map((problem) => problem.textContent);
    parsed.querySelector("[data-photo-problems]")?.remove();
    list().replaceWith(document.importNode(parsed, true));
    preview();
    return problems;
  }

  function preview() {
    for (const [uid, canvas] of previews) {
      const waiting = upload.querySelector(`[data-photo="${uid}"] .ak-photo--waiting`);
      if (!waiting) continue;
      canvas.removeAttribute("aria-hidden");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", waiting.textContent);
      waiting.replaceWith(canvas);
    }
  }

  /* Draw the preview, and make a large JPEG smaller with its EXIF kept: the server offers the place in it. */
  async function lessened(file, canvas) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    draw(bitmap, canvas, 320);
    if (file.size <= SMALL_ENOUGH || file.type !== "image/jpeg") { bitmap.close(); return file; }
    const large = draw(bitmap, document.createElement("canvas"), LONGEST);
    bitmap.close();
    const blob = await new Promise((resolve) => large.toBlob(resolve, "image/jpeg", 0.85));
    if (!blob || blob.type !== "image/jpeg" || blob.size >= file.size) return file;
    const exif = upright(await exifOf(file));
    return new Blob(exif ? [blob.slice(0, 2), exif, blob.slice(2)] : [blob], { type: "image/jpeg" });
  }

  function draw(bitmap, canvas, longest) {
    const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  /* The EXIF segment of a JPEG (APP1 with its marker), or null. */
  async function exifOf(file) {
    const view = new DataView(await file.slice(0, 262144).arrayBuffer());
    for (let at = 2; at + 10 < view.byteLength && view.getUint8(at) === 0xff && view.getUint16(at) !== 0xffda;) {
      const end = at + 2 + view.getUint16(at + 2);
      if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return view.buffer.slice(at, end);
      at = end;
    }
    return null;
  }

  /* The same EXIF with orientation 1: the canvas stands upright already. Null for what cannot be read. */
  function upright(exif) {
    try {
      const view = new DataView(exif, 10);
      const little = view.getUint16(0) === 0x4949;
      const first = view.getUint32(4, little);
      for (let entry = first + 2; entry < first + 2 + 12 * view.getUint16(first, little); entry += 12) {
        if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little);
      }
      return exif;
    } catch { return null; }
  }
})();
