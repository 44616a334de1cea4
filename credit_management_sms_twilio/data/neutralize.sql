-- A copy of a production database writes to nobody by WhatsApp either.
UPDATE res_company SET credit_whatsapp_number = NULL;
