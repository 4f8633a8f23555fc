import 'ol/ol.css';
import './styles.css';
import { render } from 'solid-js/web';
import { App } from './App';
import { httpServer } from './protocol/client';

// One for the whole page: it keeps the arrivals that answers are changes of.
const server = httpServer();
const root = document.getElementById('workbench');
if (root) render(() => <App server={server} />, root);
