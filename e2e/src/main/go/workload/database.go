package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Where the tenant's Secrets are mounted, one folder each.
const secrets = "/secrets"

// given is one value of a delivered Secret.
func given(secret, key string) (string, error) {
	value, err := os.ReadFile(filepath.Join(secrets, secret, key))
	return strings.TrimSpace(string(value)), err
}

// trusting checks servers against the certificate that was delivered along, and nothing else.
func trusting(secret, host string) (*tls.Config, error) {
	pem, err := given(secret, "ca.crt")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(pem)) {
		return nil, fmt.Errorf("%s: ca.crt holds no certificate", secret)
	}
	return &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}, nil
}

// useDatabase logs in with the delivered address and credentials and asks for one row.
func useDatabase(ctx context.Context) error {
	const secret = "bulkhead-database"
	values := map[string]string{}
	for _, key := range []string{"host", "port", "database", "username", "password"} {
		value, err := given(secret, key)
		if err != nil {
			return err
		}
		values[key] = value
	}
	config, err := pgx.ParseConfig("postgresql://" + net.JoinHostPort(values["host"], values["port"]) + "/" +
		values["database"] + "?sslmode=require")
	if err != nil {
		return errors.New("the delivered address is none")
	}
	if config.TLSConfig, err = trusting(secret, values["host"]); err != nil {
		return err
	}
	config.User, config.Password = values["username"], values["password"]
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer connection.Close(ctx)
	var one int
	return connection.QueryRow(ctx, "SELECT 1").Scan(&one)
}
