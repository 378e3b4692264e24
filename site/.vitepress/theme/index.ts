import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import CodeTabs from './CodeTabs.vue';
import LinkedPicture from './LinkedPicture.vue';
import MermaidDiagram from './MermaidDiagram.vue';
import SiteLayout from './SiteLayout.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout: SiteLayout,
  enhanceApp({ app }) {
    app.component('CodeTabs', CodeTabs);
    app.component('LinkedPicture', LinkedPicture);
    app.component('MermaidDiagram', MermaidDiagram);
  },
} satisfies Theme;
