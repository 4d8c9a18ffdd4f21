// Everything on the page that runs in the browser: each module stands alone and listens for itself.
import './away.js';
import './times.js';
import './copy.js';
import './dialogs.js';
import './first-clicks.js';
import './kept-field.js';
import './kept-open.js';
import './keyboard.js';
import './message-actions.js';
import './request.js';
import './switcher.js';
import './theme-choice.js';
import './title.js';
import '../Components/Layout/Modal.razor.js';
import '../Components/Messages/MessageList.razor.js';
import '../Components/Messages/MessageEditor.razor.js';
import '../Components/Composer/MessageComposer.razor.js';
import '../Components/Composer/PendingApprovals.razor.js';
import '../Components/Rooms/RoomList.razor.js';
import '../Components/Rooms/BrowserCalls.razor.js';
import './tools/built-in.js';
// Last: components call into the modules above.
import './boot.js';
