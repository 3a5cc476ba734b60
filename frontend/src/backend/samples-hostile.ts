import corpus from '../../e2e/xss.txt?raw';

/**
 * Texts that would do something if any of them became markup, a script or an address: each calls `run`, or leads to
 * listener.example. Read as e2e/xss.mjs reads them, of tests only.
 */
export const hostileTexts: readonly string[] = corpus
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '))
  .map((line) =>
    line
      .replaceAll('##', 'run()')
      .replaceAll('@@', 'http://listener.example/1')
      .replaceAll(/\\u\{([0-9a-f]+)(?:\*(\d+))?\}/g, (_, digits: string, count?: string) =>
        String.fromCodePoint(Number.parseInt(digits, 16)).repeat(Number(count ?? 1)),
      ),
  );

/** What must not be anywhere in a page, whatever people write. */
export function forbiddenIn(root: Element): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll('*')) {
    if (
      /^(script|iframe|object|embed|base|meta|link|style|math|form|video|audio|img|template|x|xss)$/i.test(
        element.tagName,
      )
    )
      found.push(element.outerHTML);
    for (const one of element.attributes) {
      if (/^(on.*|srcdoc|srcset|ping)$/i.test(one.name)) found.push(`${element.tagName} ${one.name}`);
      if (/^(href|src|action|data|xlink:href)$/i.test(one.name) && !/^(https?:|data:image\/|#|$)/i.test(one.value)) {
        found.push(`${element.tagName} ${one.name}=${one.value}`);
      }
    }
  }
  return found;
}
