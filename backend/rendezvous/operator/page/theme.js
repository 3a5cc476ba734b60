// Puts the system's theme on <html> before the first paint, and follows it.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const put = () => {
    document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
  };
  dark.addEventListener('change', put);
  put();
})();
