package io.aerodb.storage.gateway.event;

import io.aerodb.storage.metadata.StorageEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The one form of an event that clients see (docs/api.md, "Events"). */
final class EventJson {

    private static final JsonMapper MAPPER = new JsonMapper();

    private EventJson() {}

    /** One line of JSON. */
    static byte[] of(StorageEvent event, boolean withOrigin) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", Long.toString(event.id()));
        members.put("sequence", event.sequence());
        members.put("type", event.type());
        members.put("bucket_id", event.bucketId());
        members.put("bucket", event.bucket());
        members.put("object_id", event.objectId());
        members.put("path", event.path());
        if (withOrigin && event.oldPath() != null) {
            members.put("old_bucket_id", event.oldBucketId() == null ? event.bucketId() : event.oldBucketId());
            members.put("old_bucket", event.oldBucket() == null ? event.bucket() : event.oldBucket());
            members.put("old_path", event.oldPath());
        }
        members.put("owner_id", event.ownerId());
        members.put("size", event.size());
        members.put("content_type", event.contentType());
        members.put("version", event.version());
        members.put("actor", event.actor());
        members.put("timestamp", event.timestamp().toString());
        return MAPPER.writeValueAsBytes(members);
    }

    /** Any other message. */
    static byte[] of(Map<String, Object> members) {
        return MAPPER.writeValueAsBytes(members);
    }
}
