package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// bucket is what was delivered, and a client that trusts the server of it alone.
type bucket struct {
	endpoint, region, name, accessKey, secretKey string
	client                                       *http.Client
}

// useBucket writes an object of this container's own and reads it back.
func useBucket(ctx context.Context) error {
	b, err := deliveredBucket()
	if err != nil {
		return err
	}
	defer b.client.CloseIdleConnections()
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	content := []byte("written by " + host)
	if _, err := b.call(ctx, http.MethodPut, "workload/"+host, content); err != nil {
		return err
	}
	read, err := b.call(ctx, http.MethodGet, "workload/"+host, nil)
	if err != nil {
		return err
	}
	if !bytes.Equal(read, content) {
		return fmt.Errorf("read back %d bytes that were not written", len(read))
	}
	return nil
}

func deliveredBucket() (bucket, error) {
	const secret = "bulkhead-objectstore"
	var b bucket
	for key, into := range map[string]*string{
		"endpoint": &b.endpoint, "region": &b.region, "bucket": &b.name,
		"access-key-id": &b.accessKey, "secret-access-key": &b.secretKey,
	} {
		value, err := given(secret, key)
		if err != nil {
			return b, err
		}
		*into = value
	}
	endpoint, err := url.Parse(b.endpoint)
	if err != nil {
		return b, fmt.Errorf("%s: endpoint is no URL", secret)
	}
	trust, err := trusting(secret, endpoint.Hostname())
	if err != nil {
		return b, err
	}
	b.client = &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	return b, nil
}

// call sends one request in path style, signed with AWS signature version 4. key needs no escaping.
func (b bucket) call(ctx context.Context, method, key string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, b.endpoint+"/"+b.name+"/"+key, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	b.sign(request, body, time.Now().UTC())
	response, err := b.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", method, response.Status)
	}
	return answer, err
}

func (b bucket) sign(request *http.Request, body []byte, now time.Time) {
	instant, day := now.Format("20060102T150405Z"), now.Format("20060102")
	digest := sha256.Sum256(body)
	content := hex.EncodeToString(digest[:])
	request.Header.Set("x-amz-date", instant)
	request.Header.Set("x-amz-content-sha256", content)
	const signed = "host;x-amz-content-sha256;x-amz-date"
	canonical := strings.Join([]string{
		request.Method, request.URL.EscapedPath(), "",
		"host:" + request.URL.Host, "x-amz-content-sha256:" + content, "x-amz-date:" + instant, "",
		signed, content,
	}, "\n")
	scope := day + "/" + b.region + "/s3/aws4_request"
	canonicalDigest := sha256.Sum256([]byte(canonical))
	toSign := "AWS4-HMAC-SHA256\n" + instant + "\n" + scope + "\n" + hex.EncodeToString(canonicalDigest[:])
	key := []byte("AWS4" + b.secretKey)
	for _, part := range []string{day, b.region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+b.accessKey+"/"+scope+
		", SignedHeaders="+signed+", Signature="+hex.EncodeToString(mac(key, toSign)))
}

func mac(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}
