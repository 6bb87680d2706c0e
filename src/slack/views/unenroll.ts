/** Asks the one who typed it whether a host is really meant to be trusted no longer. */

import type { Words } from '../../texts/words.ts';
import { UNENROLL, unenrollText } from '../actions/clicks.ts';
import { actions, button, escaped, type Message, message, named, section } from './blocks.ts';

/** For the asker alone: whoever presses it is the one who asked. */
export function unenrollQuestion(host: string, { chat }: Words): Message {
  const { asks, button: label, confirm } = chat.unenroll;
  const { title, text, yes, no } = confirm;
  const shown = named(host);
  const said = escaped(asks(shown));
  const pressed = button({
    action: UNENROLL,
    label,
    value: unenrollText(host),
    style: 'danger',
    confirm: { title: title(shown), text: text(shown), yes, no },
  });
  return { ...message(said, [section(said), ...actions([pressed])]), onlyForAsker: true };
}
