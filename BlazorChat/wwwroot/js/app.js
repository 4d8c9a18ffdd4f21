// Everything on the page that needs no server: each module stands alone and listens for itself.
import './times.js';
import './copy.js';
import './dialogs.js';
import './keyboard.js';
import './switcher.js';
import './theme-choice.js';
import './title.js';
import '../Components/Layout/Modal.razor.js';
import '../Components/Messages/MessageList.razor.js';
import '../Components/Composer/MessageComposer.razor.js';
