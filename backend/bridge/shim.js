// Defines in a browser what the window defines for the interface: window.go.app.API
// with every call, and window.runtime with the events. The names of the calls
// stand in this script's own tag.
(() => {
  'use strict';

  const methods = document.currentScript.dataset.methods.split(' ');
  const listeners = new Map();

  function emit(name, ...data) {
    for (const listener of [...(listeners.get(name) ?? [])]) listener(...data);
  }

  async function call(method, parameters) {
    let answer;
    try {
      const response = await fetch(`bridge/call/${method}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(parameters),
      });
      answer = await response.json();
    } catch {
      throw { code: 'bridge-gone', message: 'Tincan does not answer. It may have been stopped: start it again, then open its new address.', params: {} };
    }
    if (answer.error) throw answer.error;
    return answer.result;
  }

  const api = {};
  for (const method of methods) api[method] = (...parameters) => call(method, parameters);

  // The browser that shows the interface is the one that opens links; Go checks the address first.
  const check = api.OpenLink;
  if (check) {
    api.OpenLink = async (address) => {
      await check(address);
      window.open(address, '_blank', 'noopener,noreferrer');
    };
  }

  window.go = { app: { API: api } };
  window.runtime = {
    EventsOn(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener));
      return () => all.delete(listener);
    },
    EventsOff(...names) {
      for (const name of names) listeners.delete(name);
    },
  };

  // A browser tries again by itself, but not behind an answer that is no stream, some not while nothing listens, and when it likes.
  const again = 1000;

  function listen() {
    const events = new EventSource('bridge/events');
    events.addEventListener('changes', (event) => emit('changes', JSON.parse(event.data)));
    // Also the first time: what happened before the stream was open is asked for.
    events.addEventListener('open', () => emit('reconnected'));
    events.addEventListener('error', () => {
      events.close();
      emit('lost');
      setTimeout(listen, again);
    });
  }
  listen();
})();
