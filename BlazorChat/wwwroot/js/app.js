// All scripts of the page. Each module works by itself and adds its own listeners.
import './away.js';
import './times.js';
import './copy.js';
import './dialogs.js';
import './first-clicks.js';
import './kept-field.js';
import './kept-open.js';
import './keyboard.js';
import './keys.js';
import './leftovers.js';
import './live-selection.js';
import './message-actions.js';
import './request.js';
import './switcher.js';
import './theme-choice.js';
import './title.js';
import './translation.js';
import '../Components/Layout/Modal.razor.js';
import '../Components/Messages/MessageList.razor.js';
import '../Components/Messages/MessageEditor.razor.js';
import '../Components/Composer/MessageComposer.razor.js';
import '../Components/Composer/PendingApprovals.razor.js';
import '../Components/Rooms/RoomList.razor.js';
import '../Components/Rooms/BrowserCalls.razor.js';
import './tools/built-in.js';
// Last, because it starts the circuit, whose components call the modules above.
import './boot.js';
