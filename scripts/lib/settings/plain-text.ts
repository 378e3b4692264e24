import type { Variable } from './variables.ts';

/** What a variable does, in one sentence without Markdown. */
export const shortText = ({ text }: Variable): string => plain(text.split(/(?<=\.) /)[0] ?? '');

/** Without Markdown. */
export const plain = (text: string): string =>
  text
    .replaceAll('`', '')
    .replace(/\[([^\]]+)\]\(([^)#]*)[^)]*\)/g, (_, title: string, link: string) =>
      title === link ? `docs/${link}` : `${title} (docs/${link})`,
    );
