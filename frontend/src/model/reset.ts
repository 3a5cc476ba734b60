import { attention } from './attention';
import { forgetPictures } from './pictures';
import { forgetSearch } from './search';
import { emptySession, session } from './session';
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
  writing.setState({ aims: {} });
  forgetTimelines();
  forgetSearch();
  forgetTraffic();
}
