// What the parts of the page's script share; ui/chat/script.py puts them together and the texts in.

const WORDS = {}; // put in by the server
const LANGUAGE = document.documentElement.dataset.language;
const TEXTS = WORDS[LANGUAGE];

const find = (selector) => document.querySelector(selector);
const findAll = (selector) => [...document.querySelectorAll(selector)];
const set = (element, name, value) => {
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
};
