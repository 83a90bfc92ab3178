// Says before sending that a file is too large, and that it is on its way: a zip takes a while.
const form = document.querySelector(".give");
const said = document.getElementById("give-said");
const file = form.elements.namedItem("zip");

function check() {
  const tooLarge = file.files.length > 0 && file.files[0].size > Number(form.dataset.most);
  file.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
}

file.addEventListener("change", () => { check(); if (!file.checkValidity()) file.reportValidity(); });
form.addEventListener("submit", () => {
  said.textContent = form.dataset.sending;
  form.querySelector("button[type=submit]").disabled = true;
});
window.addEventListener("pageshow", () => {
  said.textContent = "";
  form.querySelector("button[type=submit]").disabled = false;
});
