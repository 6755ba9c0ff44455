/** The words of the store's people, beside the shoppers': imported first by the screens of staff and managers. */
import storeEn from "./messages/store/en.json" with { type: "json" };
import { addGroup } from "./words.ts";

addGroup({ english: storeEn, loaders: { de: () => import("./messages/store/de.json") } });
