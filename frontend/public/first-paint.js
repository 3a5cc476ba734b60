// Puts the theme on <html> before the first paint. The interface keeps the last choice in localStorage (src/app/appearance.ts).
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem('tincan.theme');
  } catch (_) {
    // Storage may be off in a browser; the system's choice is good enough then.
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();
