// All scripts of the page. Each module works by itself and adds its own listeners.
// First: what Back closes concerns nobody else.
import './back.js';
import './away.js';
import './times.js';
import './code-blocks.js';
import './copy.js';
import './dialogs.js';
import './elapsed.js';
import './first-clicks.js';
import './kept-field.js';
import './kept-focus.js';
import './kept-open.js';
import './keyboard.js';
import './keys.js';
import './leftovers.js';
import './live-selection.js';
import './long-press.js';
import './message-actions.js';
import './passkeys.js';
import './print.js';
import './request.js';
import './sidebar.js';
import './switcher.js';
import './theme-choice.js';
import './title.js';
import './translation.js';
import '../Components/Layout/Modal.razor.js';
import '../Components/Layout/SidePanel.razor.js';
import '../Components/Messages/MessageList.razor.js';
import '../Components/Messages/MessageEditor.razor.js';
import '../Components/Composer/MessageComposer.razor.js';
import '../Components/Composer/PendingApprovals.razor.js';
import '../Components/Rooms/RoomList.razor.js';
import '../Components/Rooms/BrowserCalls.razor.js';
import './tools/built-in.js';
// Last, because it starts the circuit, whose components call the modules above.
import './boot.js';
