package io.aerodb.storage.backend.s3;

class S3StorageBackendContractTest extends S3BackendContract {

    S3StorageBackendContractTest() {
        super(S3ProxyServer.shared().endpoint());
    }
}
