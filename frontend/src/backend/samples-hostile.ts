/** Texts that would do something if any of them became markup, a script or an address: each calls `pwned`. Of tests only. */
export const hostileTexts: readonly string[] = [
  '<script>pwned()</script>',
  '</script><script>pwned()</script>',
  '<img src=x onerror=pwned()>',
  '<svg onload=pwned()>',
  '<svg><animate onbegin=pwned() attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
  '<object data="javascript:pwned()"></object>',
  '<a href="javascript:pwned()">here</a>',
  '<math><mtext></table><img src=x onerror=pwned()>',
  '<details open ontoggle=pwned()>',
  '<style>@import "javascript:pwned()";</style>',
  '<base href="javascript:pwned()//">',
  '<meta http-equiv=refresh content="0;url=javascript:pwned()">',
  '"><img src=x onerror=pwned()>',
  "' onmouseover='pwned()",
  '" autofocus onfocus="pwned()',
  'javascript:pwned()',
  'data:text/html,<script>pwned()</script>',
  'vbscript:pwned()',
  '&lt;img src=x onerror=pwned()&gt;',
  '&#60;script&#62;pwned()&#60;/script&#62;',
  '\u202e)(denwp=rorreno x=crs gmi<',
  '<\u0000script>pwned()</script>',
  '{{constructor.constructor("pwned()")()}}',
  '#{pwned()}',
  '[here](javascript:pwned())',
  '![x](x"onerror="pwned())',
  '<!--<img src="--><img src=x onerror=pwned()>',
  '<noscript><p title="</noscript><img src=x onerror=pwned()>">',
  '__proto__',
];

/** What a piece of the page is made of: its tags with the names of their attributes, in order. */
export function skeleton(root: Element): string[] {
  return [...root.querySelectorAll('*')].map(
    (element) =>
      `${element.tagName}[${[...element.attributes]
        .map((one) => one.name)
        .sort()
        .join(' ')}]`,
  );
}

/** What must not be anywhere in a page, whatever people write. */
export function forbiddenIn(root: Element): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll('*')) {
    if (/^(script|iframe|object|embed|base|meta|link|style|math|form)$/i.test(element.tagName))
      found.push(element.outerHTML);
    for (const one of element.attributes) {
      if (/^on/i.test(one.name) || one.name === 'srcdoc') found.push(`${element.tagName} ${one.name}`);
      if (/^(href|src|action|data|xlink:href)$/i.test(one.name) && !/^(https?:|data:image\/|#|$)/i.test(one.value)) {
        found.push(`${element.tagName} ${one.name}=${one.value}`);
      }
    }
  }
  return found;
}
