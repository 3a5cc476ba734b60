import { forgetAnswers } from './answers';
import { attention } from './attention';
import { forgetDrafts } from './drafts';
import { forgetPictures } from './pictures';
import { forgetSearch } from './search';
import { endSelection } from './selection';
import { emptySession, session } from './session';
import { forgetLeaving } from './steady';
import { forgetTimelines } from './timelines';
import { toasts } from './toasts';
import { forgetTraffic } from './traffic';
import { emptyView, view } from './view';
import { writing } from './writing';

/** Puts every store back to its beginning, between tests. */
export function resetModel(): void {
  session.setState(emptySession, true);
  view.setState(emptyView, true);
  toasts.setState({ current: undefined });
  attention.setState({ focused: true });
  forgetPictures();
  forgetDrafts();
  forgetAnswers();
  writing.setState({ aims: {} });
  forgetTimelines();
  endSelection();
  forgetSearch();
  forgetTraffic();
  forgetLeaving();
}
