import { Component, type ReactNode } from 'react';
import { i18n } from '@/i18n';
import { Button, Note } from '@/ui';
import styles from './App.module.css';

interface Props {
  children: ReactNode;
}

interface Held {
  failed: boolean;
}

/** Keeps the window alive when a part of it throws: it says so and offers to draw it again. */
export class ErrorBoundary extends Component<Props, Held> {
  override state: Held = { failed: false };

  static getDerivedStateFromError(): Held {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className={styles.middle}>
        <Note
          kind="bad"
          role="alert"
          action={
            <Button size="small" onPress={() => this.setState({ failed: false })}>
              {i18n.t('app.retry')}
            </Button>
          }
        >
          {i18n.t('app.crashed')}
        </Note>
      </main>
    );
  }
}
