"""Every address of the app, in the order that a person meets them."""

from django.urls import path

from reports.states import Act
from reports.views import case, citizen, find, inbox, photos

app_name = "reports"
urlpatterns = [
    path("meld/", citizen.step, {"slug": "what"}, name="what"),
    path("meld/forslag/", citizen.suggest, name="suggest"),
    path("meld/hvor/", citizen.step, {"slug": "where"}, name="where"),
    path("meld/sted/", citizen.pin, name="pin"),
    path("meld/adresser/", citizen.addresses, name="addresses"),
    path("meld/beskriv/", citizen.step, {"slug": "describe"}, name="describe"),
    path("meld/bilde/<uuid:uid>/", photos.draft_photo, name="draft_photo"),
    path("meld/kontakt/", citizen.step, {"slug": "contact"}, name="contact"),
    path("meld/se-over/", citizen.review, name="review"),
    path("sak/<slug:token>/kvittering/", case.receipt, name="receipt"),
    path("sak/<slug:token>/", case.case, name="case"),
    path("sak/<slug:token>/bilde/<uuid:uid>/<int:size>/", photos.case_photo, name="case_photo"),
    path("sak/<slug:token>/skriv/", case.act, {"act": Act.WRITE}, name="write"),
    path("sak/<slug:token>/fikset/", case.act, {"act": Act.FIXED}, name="fixed"),
    path("sak/<slug:token>/gjenapne/", case.act, {"act": Act.REOPEN}, name="reopen"),
    path("sak/<slug:token>/vurder/", case.act, {"act": Act.RATE}, name="rate"),
    path("sak/<slug:token>/trekk/", case.act, {"act": Act.WITHDRAW}, name="withdraw"),
    path("sak/<slug:token>/nyheter/", case.news, name="news"),
    path("sak/<slug:token>/nyheter/start/", case.start_news, name="start_news"),
    path("finn-sak/", find.find, name="find"),
    path("finn-sak/sendt/", find.find_sent, name="find_sent"),
    path("avdeling/<slug:slug>/", inbox.inbox, name="inbox"),
    path("saker/<slug:number>/", inbox.staff_case, name="staff_case"),
    path("saker/<slug:number>/bilde/<uuid:uid>/<int:size>/", photos.staff_photo, name="staff_photo"),
    path("saker/<slug:number>/status/", inbox.change_state, name="change_state"),
    path("saker/<slug:number>/avdeling/", inbox.hand_over, name="hand_over"),
    path("saker/<slug:number>/frist/", inbox.move_deadline, name="move_deadline"),
    path("saker/<slug:number>/lest/", inbox.read_news, name="read_news"),
    path("saker/<slug:number>/send-igjen/", inbox.send_again, name="send_again"),
    path("saker/<slug:number>/svar/", inbox.answer, name="answer"),
    path("saker/<slug:number>/notat/", inbox.add_note, name="add_note"),
]
