package dev.bulkhead.operator.objectstore;

/** What object stores differ in. Found out on the server, never assumed. */
public enum StoreFeature {
    KeepsBucketsApart(
            "keepsBucketsApart",
            "a tenant's key can delete, plant, overwrite and list objects in another tenant's bucket"),
    KeysMakeNoKeys(
            "keysMakeNoKeys",
            "a tenant's key can make itself further keys, sessions or rights, which live on when it is taken back"),
    BucketPolicy("bucketPolicy", "tenants cannot be given access to their bucket alone"),
    AclConditions("aclConditions", "the bucket policy cannot refuse canned ACLs that publish an object"),
    GrantHeaderConditions("grantHeaderConditions", "the bucket policy cannot refuse ACL grant headers"),
    AclsDisabled("aclsDisabled", "an object can be published by its ACL"),
    SecureTransport("secureTransport", "the bucket policy cannot refuse requests without TLS"),
    Tls("tls", "requests, keys of new accounts and objects travel unencrypted"),
    Tags("tags", "buckets cannot carry the operator's mark"),
    TagsAtCreation("tagsAtCreation", "a bucket is without the operator's mark for the moment after its creation"),
    PrivateAcls("privateAcls", "uploads that say x-amz-acl: private or bucket-owner-full-control may be refused"),
    Versioning("versioning", "overwritten and deleted objects are gone at once"),
    ObjectLock("objectLock", "objects cannot be locked against deletion"),
    OwnershipControls("ownershipControls", "ACLs cannot be switched off by ownership"),
    PublicAccessBlock("publicAccessBlock", "only the bucket policy and the closed ACL keep the bucket private"),
    Encryption("encryption", "the server cannot be told to encrypt objects at rest"),
    Lifecycle("lifecycle", "overwritten versions and aborted uploads stay until somebody deletes them"),
    Cors("cors", "pages of other origins cannot be let use the bucket's presigned URLs"),
    Quota("quota", "the size of the bucket is not limited"),
    BucketSize("bucketSize", "the size of the bucket is not shown"),
    RevokesKeys(
            "revokesKeys",
            "the key of a suspended or removed tenant is only shut out by the bucket's policy and lives on; take it back"
                    + " where it was made");

    private final String wireName;
    private final String consequence;

    StoreFeature(String wireName, String consequence) {
        this.wireName = wireName;
        this.consequence = consequence;
    }

    /** The name in {@code status.capabilities}. */
    public String wireName() {
        return wireName;
    }

    /** What it means to do without, as half a sentence. */
    public String consequence() {
        return consequence;
    }
}
