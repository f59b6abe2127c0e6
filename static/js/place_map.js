/* The map's pin: set by a tap, a drag, the keyboard or the phone's position; kept in #id_lat and #id_lon.
   The server says where it stands in words; degrees stand in when it does not answer. */
(() => {
  "use strict";
  const place = document.querySelector("[data-place-map]");
  if (!place || !window.L) return;
  const said = place.dataset;
  const editable = "editable" in said;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm) L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
  L.Map.mergeOptions({ zoomControl: false, scrollWheelZoom: editable });
  place.hidden = false; // Before Leaflet measures it.

  const NUDGE = 8; // pixels an arrow key moves the pin; one with Shift
  const ROUGH = 50; // metres from which a position is too uncertain to be taken for the place
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const status = place.querySelector("[role=status]");
  const say = (text) => { if (status) status.textContent = text; };
  const button = (name) => place.querySelector(`[data-do=${name}]`);
  const inputs = editable ? ["id_lat", "id_lon"].map((id) => document.getElementById(id)) : [];
  const pinFrom = document.getElementById("id_pin_from"); // the address that gave the position, until the pin is moved

  window.addEventListener("map:init", ({ detail: { map } }) => {
    let pin = null;
    let roughly = 0; // metres that a position from the device may be wrong by, when they are many
    L.control.zoom({ zoomInTitle: said.zoomIn, zoomOutTitle: said.zoomOut }).addTo(map);
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", said.mapName);
    if (editable) map.getContainer().setAttribute("aria-describedby", "map-help");
    drawGround(map, said.layers.split(" "));
    const start = [said.lat, said.lon].map(parseFloat);
    if (start.every(Number.isFinite)) {
      map.setView(start, 16, { animate: false });
      show(L.latLng(start));
      if (!editable) whenNoTileComes(map, () => map.setZoom(12, { animate: false }));
    }
    if (editable) listen();

    function show(where) {
      if (!pin) {
        const icon = L.divIcon({ className: "ak-pin", iconSize: [44, 44], iconAnchor: [22, 40] });
        pin = L.marker(where, { icon, draggable: editable, autoPan: true, keyboard: editable, interactive: editable }).addTo(map);
        const mark = pin.getElement();
        mark.setAttribute("aria-label", said.pinName);
        if (!editable) mark.setAttribute("role", "img");
        pin.on("dragend", () => put(pin.getLatLng()));
        mark.addEventListener("keydown", nudge);
      }
      pin.setLatLng(where);
    }

    function put(where) {
      show(where);
      [inputs[0].value, inputs[1].value] = [where.lat.toFixed(6), where.lng.toFixed(6)];
      button("remove").hidden = false;
      pinFrom.value = "";
      if (window.htmx) status.dispatchEvent(new Event("pin-moved"));
      else sayDegrees();
    }

    function sayDegrees() {
      const words = (degrees) => degrees.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
      const where = pin.getLatLng();
      say(said.saidSet.replace("{lat}", words(where.lat)).replace("{lon}", words(where.lng)));
    }

    function afterAnswer({ detail }) {
      if (!pin) say("");
      else if (!detail.successful) sayDegrees();
      else if (roughly) say(`${status.textContent} ${said.saidRoughly.replace("{metres}", roughly)}`);
      roughly = 0;
    }

    /* An address that was chosen moves the map there; the server takes its position when no pin is set. */
    function showAddress({ target }) {
      if (pin && pinFrom.value && pinFrom.value !== target.value) clear();
      const chosen = [...target.list.options].find((option) => option.value === target.value);
      if (!chosen || pin) return;
      map.setView([chosen.dataset.lat, chosen.dataset.lon].map(parseFloat), Number(chosen.dataset.zoom), { animate: !calm });
    }

    function clear() {
      pin.remove();
      pin = null;
      [...inputs, pinFrom].forEach((input) => { input.value = ""; });
      button("remove").hidden = true;
      say("");
    }

    function remove() {
      clear();
      button("centre").focus();
      say(said.saidRemoved);
    }

    function nudge(event) {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation();
      const step = L.point(arrow).multiplyBy(event.shiftKey ? 1 : NUDGE);
      put(map.containerPointToLatLng(map.latLngToContainerPoint(pin.getLatLng()).add(step)));
      map.panInside(pin.getLatLng(), { padding: [60, 60], animate: false });
    }

    function locate() {
      say(said.saidSearching);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const here = L.latLng(coords.latitude, coords.longitude);
          if (!L.latLngBounds(map.options.maxBounds).contains(here)) return say(said.saidOutside);
          map.setView(here, coords.accuracy > ROUGH ? 15 : 17, { animate: !calm });
          if (coords.accuracy > ROUGH) roughly = Math.round(coords.accuracy / 10) * 10;
          put(here);
        },
        (error) => say(error.code === error.PERMISSION_DENIED ? said.saidDenied : said.saidUnknown),
        { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
      );
    }

    function listen() {
      map.on("click", (event) => put(event.latlng));
      button("centre").addEventListener("click", () => put(map.getCenter()));
      button("remove").addEventListener("click", remove);
      button("remove").hidden = !pin;
      if (navigator.geolocation && window.isSecureContext) button("locate").addEventListener("click", locate);
      else button("locate").hidden = true;
      status.addEventListener("htmx:afterRequest", afterAnswer);
      document.getElementById("id_address").addEventListener("change", showAddress);
      const box = map.getContainer();
      box.addEventListener("keydown", () => box.setAttribute("data-crosshair", ""));
      box.addEventListener("pointerdown", () => box.removeAttribute("data-crosshair"));
    }
  });

  function whenNoTileComes(map, act) {
    map.eachLayer((layer) => {
      if (!(layer instanceof L.TileLayer)) return;
      layer.once("tileload", () => { act = () => {}; });
      layer.once("tileerror", () => act());
    });
  }

  /* Land and place names under the tiles: what is left to point on when no tile comes. */
  function drawGround(map, urls) {
    map.createPane("ground").style.zIndex = 100;
    map.createPane("names").style.zIndex = 110;
    const far = () => map.getContainer().toggleAttribute("data-far", map.getZoom() < 12);
    map.on("zoomend", far);
    far();
    const renderer = L.svg({ pane: "ground", padding: 1 });
    const styles = ["ak-map__land", "ak-map__asker"];
    urls.forEach(async (url, order) => {
      const answer = await fetch(url).catch(() => null);
      if (!answer || !answer.ok) return;
      const layer = L.geoJSON(await answer.json(), {
        pane: "ground",
        attribution: styles[order] ? "© Kartverket" : '<a href="https://www.erikbolstad.no/postnummer/">Erik Bolstad</a>',
        interactive: false,
        style: () => ({ renderer, className: styles[order], weight: null, color: null, fillColor: null, stroke: true }),
        pointToLayer: (feature, where) => L.marker(where, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ className: `ak-map__name ${feature.properties.size}`, html: feature.properties.name }) }),
      });
      layer.addTo(map);
      if (order === 0) layer.bringToBack();
    });
  }
})();
