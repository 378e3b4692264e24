import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import CodeTabs from './CodeTabs.vue';
import MermaidDiagram from './MermaidDiagram.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('CodeTabs', CodeTabs);
    app.component('MermaidDiagram', MermaidDiagram);
  },
} satisfies Theme;
