// The script in the browser on the page of an active run. Layer 5.
//
// It changes only what differs, so that a selection, a scroll position and an open part stay.
#pragma once

#include <string_view>

namespace amend::cli {

inline constexpr std::string_view dashboard_script = R"js('use strict';
const main = document.querySelector('main');
const standing = document.getElementById('standing');
const patience = 5000, pause = 3000;
let heard = Date.now(), over = false, source = null;

function say(state, text) {
  standing.dataset.standing = state;
  standing.setAttribute('aria-live', state === 'running' ? 'off' : 'polite');
  if (standing.textContent !== text) document.title = standing.textContent = text;
}

function lost() {
  say('lost', 'The run does not respond. Last update: ' + new Date(heard).toLocaleTimeString() + '.');
}

function attributes(to, from) {
  for (const {name} of [...to.attributes])
    if (!from.hasAttribute(name) && name !== 'open') to.removeAttribute(name);
  for (const {name, value} of from.attributes)
    if (name !== 'open' && to.getAttribute(name) !== value) to.setAttribute(name, value);
}

function become(to, from) {
  const wanted = [...from.childNodes];
  while (to.childNodes.length > wanted.length) to.lastChild.remove();
  wanted.forEach((node, i) => {
    const there = to.childNodes[i];
    if (!there) return to.append(node);
    if (there.nodeName !== node.nodeName || there.id !== node.id) return there.replaceWith(node);
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (there.data !== node.data) there.data = node.data;
      return;
    }
    attributes(there, node);
    become(there, node);
  });
}

function show(html) {
  const template = document.createElement('template');
  template.innerHTML = html;
  become(main, template.content);
}

function take(event) {
  heard = Date.now();
  const update = JSON.parse(event.data);
  show(update.main);
  return update.said;
}

function listen() {
  source = new EventSource('events');
  source.addEventListener('update', event => say('running', take(event)));
  source.addEventListener('ended', event => {
    over = true;
    source.close();
    say('ended', take(event));
  });
  source.onerror = () => {
    if (over) return;
    lost();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, pause);
  };
}

setInterval(() => { if (!over && Date.now() - heard > patience) lost(); }, 1000);
listen();
)js";

}  // namespace amend::cli
