package io.aerodb.storage.gateway.event;

import io.aerodb.storage.metadata.StorageEvent;

/**
 * An event and its text, which is made once for all who are told.
 *
 * @param json with all that is known of it
 * @param jsonWithoutOrigin for those who may not know where it was before
 */
record RelayedEvent(StorageEvent event, byte[] json, byte[] jsonWithoutOrigin) {

    static RelayedEvent of(StorageEvent event) {
        byte[] json = EventJson.of(event, true);
        return new RelayedEvent(event, json, event.oldPath() == null ? json : EventJson.of(event, false));
    }

    long sequence() {
        return event.sequence();
    }
}
