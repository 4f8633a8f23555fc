import 'ol/ol.css';
import './styles.css';
import { render } from 'solid-js/web';
import { App } from './App';
import { httpServer } from './protocol/client';

const root = document.getElementById('workbench');
if (root) render(() => <App server={httpServer()} />, root);
